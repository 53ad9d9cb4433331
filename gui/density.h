/* SPDX-License-Identifier: MIT */
/* density.h: a whole trace in at most a thousand buckets, for the strip above the time slider.
 *
 * Each bucket holds as many events as the others (a power of two); when there are too many buckets,
 * neighbours are joined. So every event is looked at once, however long the trace grows. Pure. */
#pragma once
#include "trace/log.h"

G_BEGIN_DECLS

#define GPO_DENSITY_MAX 1024

typedef struct
{
  gint64 time;                        /* µs, of its first event */
  guint32 refused, deferred, letters; /* events: 5xx and faults; 4xx and holds; letters that came somewhere */
} GpoBucket;

typedef struct
{
  guint64 first, length; /* events first <= n < length are in it */
  guint64 per_bucket;    /* events */
  gint64 end;            /* µs, of the last event */
  guint n;
  GpoBucket buckets[GPO_DENSITY_MAX];
} GpoDensity;

/* Empty, beginning with event `first`. */
void gpo_density_init (GpoDensity *density, guint64 first);
/* Takes in events up to `length`. */
void gpo_density_update (GpoDensity *density, GpoLog *log, guint64 length);
/* How busy a bucket was, 0 to 1, on a logarithmic scale of events a second. */
double gpo_density_level (const GpoDensity *density, guint bucket);

G_END_DECLS
