/* SPDX-License-Identifier: MIT */
/* letter-rows.h: a transfer's bytes in rows, to be shown one below the other.
 *
 * In text a row is a line or, of a long line, a piece that fits; in hex it is 16 bytes. The bytes are those
 * of the stored form, of the wire form, or both beside each other: then what the host put on top has no wire
 * form, and a stuffed dot has no stored one. Only where rows begin is kept, so that a letter of any size can
 * be scrolled. Pure. */
#pragma once
#include "replay/letter-transfers.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_ROWS_STORED,
  GPO_ROWS_WIRE,
  GPO_ROWS_BOTH
} GpoRowsForm;

#define GPO_ROWS_HEX_BYTES 16

typedef struct GpoLetterRows GpoLetterRows;

typedef struct
{
  gboolean has_wire, has_stored;
  GpoSpan wire, stored;
  gboolean dot;    /* the first wire byte is a stuffed dot */
  gboolean begins; /* a line begins here */
  gboolean end;    /* the line "." that ends the data: `wire` lies behind the bytes */
} GpoByteRow;

/* The bytes and the transfer must outlive the rows. `cells`: how many cells a row of text may have; a byte
 * that is no printable ASCII takes two, but CR, LF and TAB take one. */
GpoLetterRows *gpo_letter_rows_new (const GpoLetterBytes *bytes, const GpoTransfer *transfer,
                                    GpoRowsForm form, gboolean hex, guint cells);
/* The bytes stay. */
void gpo_letter_rows_free (GpoLetterRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLetterRows, gpo_letter_rows_free)

/* How many there are. */
guint gpo_letter_rows_n (const GpoLetterRows *rows);
/* Row i, which must exist. */
void gpo_letter_rows_get (const GpoLetterRows *rows, guint i, GpoByteRow *out);
/* The row that has this byte of the stored form; 0 if there is none. */
guint gpo_letter_rows_find (const GpoLetterRows *rows, gsize stored);
/* What they were made with. */
GpoRowsForm gpo_letter_rows_form (const GpoLetterRows *rows);
gboolean gpo_letter_rows_hex (const GpoLetterRows *rows);
const GpoLetterBytes *gpo_letter_rows_bytes (const GpoLetterRows *rows);
/* How many cells a byte takes in a row of text: 1 or 2. */
guint gpo_byte_cells (guchar byte);

G_END_DECLS
