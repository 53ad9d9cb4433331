/* SPDX-License-Identifier: MIT */
/* letter-bytes.c: the wire form and the stored form of a transfer, and which event brought which byte.
 *
 *   line = *( dot-stuffed / text ) CRLF
 *
 * "Before sending a line of mail text, the SMTP client checks the first character of the line. If it is a
 * period, one additional period is inserted" (RFC 5321 §4.5.2). A line begins at the beginning and
 * behind CRLF, and nowhere else.
 *
 * Who calls it: whoever has the transfers (letter-transfers.h). */
#include "replay/letter-transfers.h"
#include <string.h>

/* --- dots --- */

/* Takes the dots out of a wire form and notes where they were. */
static GByteArray *
undot (const char *wire, gsize length, GArray *dots)
{
  GByteArray *out = g_byte_array_sized_new ((guint) length);
  gboolean line_start = TRUE;
  for (const char *p = wire, *end = wire + length; p < end;)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p)), *next = lf ? lf + 1 : end;
      if (line_start && *p == '.')
        {
          gsize at = (gsize) (p++ - wire);
          g_array_append_val (dots, at);
        }
      g_byte_array_append (out, (const guint8 *) p, (guint) (next - p));
      line_start = lf && lf > wire && lf[-1] == '\r';
      p = next;
    }
  return out;
}

/* The same way back, as a client does it; the last line gets its ending. */
static GByteArray *
stuff (const char *stored, gsize length)
{
  GByteArray *out = g_byte_array_sized_new ((guint) length + 16);
  gboolean line_start = TRUE;
  for (const char *p = stored, *end = stored + length; p < end;)
    {
      const char *lf = memchr (p, '\n', (gsize) (end - p)), *next = lf ? lf + 1 : end;
      if (line_start && *p == '.')
        g_byte_array_append (out, (const guint8 *) ".", 1);
      g_byte_array_append (out, (const guint8 *) p, (guint) (next - p));
      line_start = lf && lf > stored && lf[-1] == '\r';
      p = next;
    }
  if (!line_start)
    g_byte_array_append (out, (const guint8 *) "\r\n", 2);
  return out;
}

/* --- the wire form --- */

/* From the transfer's own events, no more than `limit` bytes. */
static GByteArray *
read_pieces (GpoPicture *picture, const GpoTransfer *transfer, gsize limit, gboolean *lost)
{
  GpoLog *log = gpo_picture_log (picture);
  GByteArray *out = g_byte_array_sized_new ((guint) MIN (transfer->wire, limit));
  for (guint i = 0; i < transfer->pieces->len && out->len < limit; i++)
    {
      const GpoWirePiece *piece = &g_array_index (transfer->pieces, GpoWirePiece, i);
      const GpoEvent *event = gpo_log_get (log, piece->event);
      g_autoptr (GBytes) bytes = event ? gpo_log_content (log, event) : NULL;
      gsize size = 0;
      const guint8 *text = bytes ? g_bytes_get_data (bytes, &size) : NULL;
      if (!text || size != piece->length)
        {
          *lost = TRUE;
          break;
        }
      g_byte_array_append (out, text, (guint) MIN (size, limit - out->len));
    }
  return out;
}

/* From what the host before had stored. The trace says how long it was: another length is another letter. */
static GByteArray *
rebuild (GpoPicture *picture, GPtrArray *transfers, const GpoTransfer *transfer, gsize limit, gboolean *lost)
{
  if (transfer->before < 0)
    {
      *lost = TRUE;
      return g_byte_array_new ();
    }
  g_autoptr (GpoLetterBytes) before
      = gpo_letter_bytes_new (picture, transfers, (guint) transfer->before, limit == G_MAXSIZE ? 0 : limit);
  gsize length;
  const char *stored = g_bytes_get_data (before->stored, &length);
  GByteArray *out = NULL;
  if (transfer->stuffed)
    out = stuff (stored, length);
  else
    {
      out = g_byte_array_sized_new ((guint) length);
      g_byte_array_append (out, (const guint8 *) stored, (guint) length);
    }
  gboolean ended = transfer->whole != G_MAXUINT64;
  *lost = before->lost || (!before->cut && (ended ? out->len != transfer->wire : out->len < transfer->wire));
  g_byte_array_set_size (out, *lost ? 0 : (guint) MIN (out->len, MIN (transfer->wire, limit)));
  return out;
}

GpoLetterBytes *
gpo_letter_bytes_new (GpoPicture *picture, GPtrArray *transfers, guint index, gsize limit)
{
  const GpoTransfer *transfer = transfers->pdata[index];
  GpoLetterBytes *bytes = g_new0 (GpoLetterBytes, 1);
  gsize most = limit ? limit : G_MAXSIZE;
  GByteArray *wire = transfer->recorded ? rebuild (picture, transfers, transfer, most, &bytes->lost)
                                        : read_pieces (picture, transfer, most, &bytes->lost);
  bytes->cut = !bytes->lost && wire->len < transfer->wire;
  bytes->dots = g_array_new (FALSE, FALSE, sizeof (gsize));
  bytes->added = transfer->added_length;
  GByteArray *received = transfer->stuffed ? undot ((const char *) wire->data, wire->len, bytes->dots)
                                           : g_byte_array_ref (wire);
  if (bytes->added)
    {
      GByteArray *stored = g_byte_array_sized_new ((guint) bytes->added + received->len);
      g_byte_array_append (stored, (const guint8 *) transfer->added, (guint) bytes->added);
      g_byte_array_append (stored, received->data, received->len);
      g_byte_array_unref (received);
      received = stored;
    }
  bytes->wire = g_bytes_new_with_free_func (wire->data, wire->len, (GDestroyNotify) g_byte_array_unref, wire);
  bytes->stored = g_bytes_new_with_free_func (received->data, received->len,
                                              (GDestroyNotify) g_byte_array_unref, received);
  return bytes;
}

void
gpo_letter_bytes_free (GpoLetterBytes *bytes)
{
  g_bytes_unref (bytes->wire);
  g_bytes_unref (bytes->stored);
  g_array_unref (bytes->dots);
  g_free (bytes);
}

/* --- from one form to the other --- */

guint
gpo_letter_bytes_dots_before (const GpoLetterBytes *bytes, gsize wire)
{
  guint low = 0, high = bytes->dots->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (bytes->dots, gsize, middle) < wire)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
gpo_letter_bytes_is_dot (const GpoLetterBytes *bytes, gsize wire)
{
  guint i = gpo_letter_bytes_dots_before (bytes, wire);
  return i < bytes->dots->len && g_array_index (bytes->dots, gsize, i) == wire;
}

gsize
gpo_letter_bytes_to_stored (const GpoLetterBytes *bytes, gsize wire)
{
  return bytes->added + wire - gpo_letter_bytes_dots_before (bytes, wire);
}

/* The k-th dot at wire place d leaves the stored byte d - k behind it: find how many lie before. */
gsize
gpo_letter_bytes_to_wire (const GpoLetterBytes *bytes, gsize stored)
{
  if (stored < bytes->added)
    return G_MAXSIZE;
  gsize received = stored - bytes->added;
  guint low = 0, high = bytes->dots->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (bytes->dots, gsize, middle) - middle <= received)
        low = middle + 1;
      else
        high = middle;
    }
  return received + low;
}

guint64
gpo_transfer_event (const GpoTransfer *transfer, const GpoLetterBytes *bytes, gsize stored)
{
  gsize wire = gpo_letter_bytes_to_wire (bytes, stored);
  if (wire == G_MAXSIZE)
    return transfer->whole;
  guint low = 0, high = transfer->pieces->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const GpoWirePiece *piece = &g_array_index (transfer->pieces, GpoWirePiece, middle);
      if (piece->start + piece->length <= wire)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == transfer->pieces->len) /* behind the last byte: the end belongs to what came last */
    return low ? g_array_index (transfer->pieces, GpoWirePiece, low - 1).event : G_MAXUINT64;
  return g_array_index (transfer->pieces, GpoWirePiece, low).event;
}
