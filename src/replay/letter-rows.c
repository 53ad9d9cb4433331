/* SPDX-License-Identifier: MIT */
/* letter-rows.c: where rows begin.
 *
 * Rows count in one space of bytes: of the stored form, or of the wire form, or, for both, what the host
 * added followed by the wire form. A row never spans the border between the two.
 *
 * Who calls it: the bytes view of the window, `glasspost show --letter N --as bytes`. */
#include "replay/letter-rows.h"
#include <string.h>

struct GpoLetterRows
{
  const GpoLetterBytes *bytes;
  GpoRowsForm form;
  gboolean hex;
  const char *head, *tail; /* the space: head, then tail */
  gsize n_head, n_tail;
  guint head_rows, tail_rows; /* of hex */
  GArray *starts;             /* guint32: of text */
  gboolean dot;               /* one row more: the line that ends the data */
};

guint
gpo_byte_cells (guchar byte)
{
  return (byte >= 0x20 && byte < 0x7f) || byte == '\r' || byte == '\n' || byte == '\t' ? 1 : 2;
}

static void
add_starts (GpoLetterRows *rows, const char *text, gsize length, gsize base, guint cells)
{
  guint used = 0;
  gboolean begins = TRUE;
  for (gsize i = 0; i < length; i++)
    {
      guint cell = gpo_byte_cells ((guchar) text[i]);
      gboolean ending = text[i] == '\n' || (text[i] == '\r' && i + 1 < length && text[i + 1] == '\n');
      if (begins || (used + cell > cells && !ending))
        {
          guint32 start = (guint32) (base + i);
          g_array_append_val (rows->starts, start);
          used = 0;
        }
      used += cell;
      begins = text[i] == '\n';
    }
}

GpoLetterRows *
gpo_letter_rows_new (const GpoLetterBytes *bytes, const GpoTransfer *transfer, GpoRowsForm form, gboolean hex,
                     guint cells)
{
  GpoLetterRows *rows = g_new0 (GpoLetterRows, 1);
  gsize n_stored, n_wire;
  const char *stored = g_bytes_get_data (bytes->stored, &n_stored),
             *wire = g_bytes_get_data (bytes->wire, &n_wire);
  rows->bytes = bytes;
  rows->form = form;
  rows->hex = hex;
  rows->head = stored;
  rows->n_head = form == GPO_ROWS_STORED ? n_stored : form == GPO_ROWS_BOTH ? bytes->added : 0;
  rows->tail = wire;
  rows->n_tail = form == GPO_ROWS_STORED ? 0 : n_wire;
  rows->head_rows = (guint) ((rows->n_head + GPO_ROWS_HEX_BYTES - 1) / GPO_ROWS_HEX_BYTES);
  rows->tail_rows = (guint) ((rows->n_tail + GPO_ROWS_HEX_BYTES - 1) / GPO_ROWS_HEX_BYTES);
  rows->starts = g_array_new (FALSE, FALSE, sizeof (guint32));
  rows->dot = form != GPO_ROWS_STORED && transfer->dot != G_MAXUINT64 && !bytes->cut && !bytes->lost;
  if (!hex)
    {
      add_starts (rows, rows->head, rows->n_head, 0, MAX (cells, 8));
      add_starts (rows, rows->tail, rows->n_tail, rows->n_head, MAX (cells, 8));
    }
  return rows;
}

void
gpo_letter_rows_free (GpoLetterRows *rows)
{
  g_array_unref (rows->starts);
  g_free (rows);
}

static guint
plain_rows (const GpoLetterRows *rows)
{
  return rows->hex ? rows->head_rows + rows->tail_rows : rows->starts->len;
}

guint
gpo_letter_rows_n (const GpoLetterRows *rows)
{
  return plain_rows (rows) + (rows->dot ? 1 : 0);
}

/* Where row i lies in the space; one behind the last lies at its end. */
static gsize
row_start (const GpoLetterRows *rows, guint i)
{
  gsize all = rows->n_head + rows->n_tail;
  if (!rows->hex)
    return i < rows->starts->len ? g_array_index (rows->starts, guint32, i) : all;
  gsize at = i < rows->head_rows ? (gsize) i * GPO_ROWS_HEX_BYTES
                                 : rows->n_head + (gsize) (i - rows->head_rows) * GPO_ROWS_HEX_BYTES;
  return MIN (at, all);
}

void
gpo_letter_rows_get (const GpoLetterRows *rows, guint i, GpoByteRow *out)
{
  gsize start = row_start (rows, i), length = row_start (rows, i + 1) - start;
  *out = (GpoByteRow){ .begins = TRUE };
  if (i >= plain_rows (rows))
    {
      out->end = out->has_wire = TRUE;
      out->wire = (GpoSpan){ rows->n_tail, 3 };
      return;
    }
  if (start < rows->n_head)
    {
      out->has_stored = TRUE;
      out->stored = (GpoSpan){ start, length };
      out->begins = start == 0 || rows->head[start - 1] == '\n';
      return;
    }
  gsize wire = start - rows->n_head;
  out->has_wire = TRUE;
  out->wire = (GpoSpan){ wire, length };
  out->begins = wire == 0 || rows->tail[wire - 1] == '\n';
  out->dot = gpo_letter_bytes_is_dot (rows->bytes, wire);
  gsize from = gpo_letter_bytes_to_stored (rows->bytes, wire);
  out->has_stored = rows->form == GPO_ROWS_BOTH;
  out->stored = (GpoSpan){ from, gpo_letter_bytes_to_stored (rows->bytes, wire + length) - from };
}

guint
gpo_letter_rows_find (const GpoLetterRows *rows, gsize stored)
{
  gsize at = stored;
  if (rows->form != GPO_ROWS_STORED && stored >= rows->bytes->added)
    at = rows->n_head + gpo_letter_bytes_to_wire (rows->bytes, stored);
  else if (rows->form == GPO_ROWS_WIRE)
    return 0; /* put on top by the host: not on the wire */
  guint low = 0, high = plain_rows (rows);
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (row_start (rows, middle) <= at)
        low = middle + 1;
      else
        high = middle;
    }
  return low ? low - 1 : 0;
}

GpoRowsForm
gpo_letter_rows_form (const GpoLetterRows *rows)
{
  return rows->form;
}

gboolean
gpo_letter_rows_hex (const GpoLetterRows *rows)
{
  return rows->hex;
}

const GpoLetterBytes *
gpo_letter_rows_bytes (const GpoLetterRows *rows)
{
  return rows->bytes;
}
