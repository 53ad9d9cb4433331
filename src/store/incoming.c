/* SPDX-License-Identifier: MIT */
/* incoming.c: collects the bytes of a letter: one buffer while it is small, then blocks for a stream.
 *
 * No disk here: what blocks is done by the stream's thread (stream.c) and the committer (delivery.c). */
#include "store/incoming.h"
#include "store/delivery.h"
#include "store/stream.h"

struct GpoIncoming
{
  GpoStore *store;
  guint32 letter;
  guint64 size;
  GByteArray *buffer; /* not yet given to the stream */
  GpoStream *stream;  /* NULL while small */
  void (*drained) (gpointer);
  gpointer user_data;
};

GpoIncoming *
gpo_incoming_new (GpoStore *store, guint32 letter)
{
  GpoIncoming *incoming = g_new0 (GpoIncoming, 1);
  incoming->store = store;
  incoming->letter = letter;
  incoming->buffer = g_byte_array_new ();
  return incoming;
}

void
gpo_incoming_set_drained (GpoIncoming *incoming, void (*drained) (gpointer), gpointer user_data)
{
  incoming->drained = drained;
  incoming->user_data = user_data;
}

static GBytes *
take_buffer (GpoIncoming *incoming)
{
  return g_byte_array_free_to_bytes (g_steal_pointer (&incoming->buffer));
}

/* Hands the full buffer to the stream and begins a new one. */
static gboolean
push_buffer (GpoIncoming *incoming)
{
  if (incoming->stream == NULL)
    incoming->stream
        = gpo_stream_new (incoming->store, incoming->letter, incoming->drained, incoming->user_data);
  gboolean room = gpo_stream_push (incoming->stream, take_buffer (incoming));
  incoming->buffer = g_byte_array_sized_new (GPO_INCOMING_MEMORY);
  return room;
}

gboolean
gpo_incoming_write (GpoIncoming *incoming, const char *bytes, gsize n)
{
  gboolean room = TRUE;
  incoming->size += n;
  while (incoming->buffer->len + n > GPO_INCOMING_MEMORY)
    {
      gsize part = GPO_INCOMING_MEMORY - incoming->buffer->len;
      g_byte_array_append (incoming->buffer, (const guint8 *) bytes, (guint) part);
      bytes += part;
      n -= part;
      room = push_buffer (incoming);
    }
  g_byte_array_append (incoming->buffer, (const guint8 *) bytes, (guint) n);
  return room;
}

void
gpo_incoming_set_letter (GpoIncoming *incoming, guint32 letter)
{
  incoming->letter = letter;
}

guint64
gpo_incoming_size (GpoIncoming *incoming)
{
  return incoming->size;
}

static void
incoming_free (GpoIncoming *incoming)
{
  if (incoming->buffer)
    g_byte_array_unref (incoming->buffer);
  g_free (incoming);
}

void
gpo_incoming_abort (GpoIncoming *incoming)
{
  if (incoming->stream)
    gpo_stream_abort (incoming->stream);
  incoming_free (incoming);
}

void
gpo_incoming_commit (GpoIncoming *incoming, const GpoTarget *targets, guint n_targets,
                     GpoIncomingFunc callback, gpointer user_data)
{
  g_return_if_fail (n_targets > 0);
  GBytes *bytes = NULL;
  if (incoming->stream == NULL)
    bytes = take_buffer (incoming);
  else if (incoming->buffer->len)
    gpo_stream_push (incoming->stream, take_buffer (incoming));
  gpo_delivery_start (incoming->store, incoming->letter, bytes, incoming->stream, incoming->size, targets,
                      n_targets, callback, user_data);
  incoming_free (incoming);
}
