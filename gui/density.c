/* SPDX-License-Identifier: MIT */
/* density.c: filling buckets and joining them. */
#include "density.h"
#include "event-words.h"
#include <math.h>
#include <string.h>

void
gpo_density_init (GpoDensity *density, guint64 first)
{
  memset (density, 0, sizeof *density);
  density->first = density->length = first;
  density->per_bucket = 1;
}

static void
join (GpoDensity *density)
{
  for (guint i = 0; i < density->n / 2; i++)
    {
      GpoBucket *a = &density->buckets[2 * i], *b = a + 1;
      density->buckets[i] = (GpoBucket){ a->time, a->refused + b->refused, a->deferred + b->deferred,
                                         a->letters + b->letters };
    }
  density->n /= 2;
  density->per_bucket *= 2;
}

static void
take (GpoDensity *density, guint64 n, const GpoEvent *event)
{
  guint64 at = (n - density->first) / density->per_bucket;
  if (at >= GPO_DENSITY_MAX)
    {
      join (density);
      at = (n - density->first) / density->per_bucket;
    }
  GpoBucket *bucket = &density->buckets[at];
  if (at >= density->n)
    {
      *bucket = (GpoBucket){ .time = event ? event->time : density->end };
      density->n = (guint) at + 1;
    }
  if (!event)
    return;
  GpoTone tone = gpo_event_tone (event);
  density->end = event->time;
  bucket->refused += tone == GPO_TONE_REFUSED;
  bucket->deferred += tone == GPO_TONE_DEFERRED;
  bucket->letters += event->kind == GPO_KIND_MAILBOX || event->kind == GPO_KIND_LETTER;
}

void
gpo_density_update (GpoDensity *density, GpoLog *log, guint64 length)
{
  for (; density->length < length; density->length++)
    take (density, density->length, gpo_log_get (log, density->length));
}

double
gpo_density_level (const GpoDensity *density, guint bucket)
{
  gint64 begin = density->buckets[bucket].time;
  gint64 end = bucket + 1 < density->n ? density->buckets[bucket + 1].time : density->end;
  double rate = (double) density->per_bucket * G_USEC_PER_SEC / (double) MAX (end - begin, 1);
  return CLAMP (log10 (rate + 1) / 6, 0.04, 1);
}
