/* SPDX-License-Identifier: MIT */
/* sender-bytes.c: a letter that lies in memory, sent to everybody on its envelope. */
#include "roles/smtp-sender.h"
#include <string.h>

static gssize
read_bytes (gpointer source, guint64 offset, char *buffer, gsize n, GError **error)
{
  gsize length;
  const char *bytes = g_bytes_get_data (source, &length);
  gsize take = offset < length ? MIN (n, length - offset) : 0;
  memcpy (buffer, bytes + offset, take);
  return (gssize) take;
}

static void
unref_bytes (gpointer source)
{
  g_bytes_unref (source);
}

static const GpoLetterSource bytes_source = { read_bytes, unref_bytes };

void
gpo_sender_send_bytes (GpoSender *sender, const GpoEnvelope *envelope, GBytes *letter)
{
  guint n = envelope->recipients->len;
  g_autofree guint *everybody = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    everybody[i] = i;
  GpoMailing mailing = { .envelope = envelope,
                         .recipients = everybody,
                         .n_recipients = n,
                         .size = g_bytes_get_size (letter),
                         .class = &bytes_source,
                         .source = g_bytes_ref (letter) };
  gpo_sender_send (sender, &mailing);
}
