/* SPDX-License-Identifier: MIT */
/* anatomy.h: where the parts of a letter lie: RFC 5322 §2.1, RFC 2045 and RFC 2046 §5.1.
 *
 * A letter is a header and a body; a body may be a multipart of parts, each with a header and a body
 * of its own. This finds them as spans and decodes nothing (mime.h does, on request), so it is quick
 * and byte-exact. It never fails: a broken letter has a simpler anatomy, never a missing byte.
 *
 * What stays true for any bytes (the fuzzer and the corpus test check it):
 *  - a part's header and body are adjacent and are the whole part;
 *  - children lie inside the parent's body, in order, without overlap; what lies between them is
 *    preamble, boundary lines and epilogue;
 *  - an embedded message fills the body it is in.
 *
 * Lines may end in CRLF or a bare LF. IMAP speaks of letters in CRLF form; a letter on disk may have
 * bare LFs. So each span's number of bare LFs is kept, and its CRLF size is length + bare LFs.
 *
 * Pure: the bytes belong to the caller and must outlive the anatomy. */
#pragma once
#include "letter/span.h"

G_BEGIN_DECLS

/* --- header fields, one by one, without allocating --- */

typedef struct
{
  GpoSpan whole; /* name to the end of its last line, with the line ending */
  GpoSpan name;  /* "Subject" */
  GpoSpan value; /* behind the colon up to the last line ending: with leading space and folding */
} GpoHeaderField;

/* The field at *at within [*at, end); moves *at behind it. FALSE at the empty line, at a line that
 * is no field, or at the end: *at stays there. An mbox line ("From ", ">From ") is passed over. */
gboolean gpo_header_next (const char *bytes, gsize end, gsize *at, GpoHeaderField *out);

/* The first field of this name (ASCII case ignored) in a header span. */
gboolean gpo_header_find (const char *bytes, GpoSpan header, const char *name, GpoHeaderField *out);

/* The span of the header at the beginning of `bytes`: the fields and the empty line that ends them. */
GpoSpan gpo_header_span (const char *bytes, gsize length);

/* A value without its leading and trailing white space; folding inside stays. */
GpoSpan gpo_span_trim (const char *bytes, GpoSpan span);

/* --- the tree of parts --- */

/* Beyond these the rest of the letter is taken as a leaf. */
#define GPO_PART_DEPTH_MAX 64
#define GPO_PARTS_MAX 10000

typedef enum
{
  GPO_PART_LEAF,
  GPO_PART_MULTIPART, /* it names a boundary; no children if that never comes */
  GPO_PART_MESSAGE    /* message/rfc822, message/global: one child, the embedded letter */
} GpoPartKind;

#define GPO_NO_PART (-1)

typedef struct
{
  GpoPartKind kind;
  GpoSpan whole;              /* header and body */
  GpoSpan header;             /* with the empty line, if there is one */
  GpoSpan body;               /* without the line ending that belongs to the next boundary */
  GpoSpan type;               /* trimmed value of the first Content-Type field; empty: none (see `digest`) */
  GpoSpan encoding;           /* trimmed value of the first Content-Transfer-Encoding field; empty: none */
  GpoSpan preamble, epilogue; /* multipart: before the first boundary and behind the last one */
  gboolean digest;            /* a part of multipart/digest: without a type it is message/rfc822 */
  gboolean closed;            /* multipart: its end boundary was found */
  gint parent, first_child, next; /* indices in `parts`, or GPO_NO_PART */
  guint n_children;
  guint depth;                    /* the letter itself: 0 */
  gsize header_lf, body_lf;       /* bare LFs in header and body */
  gsize header_lines, body_lines; /* line endings in header and body */
} GpoPart;

#define GPO_PARTS_INLINE 4

typedef struct
{
  const char *bytes;
  gsize length;
  GpoPart *parts; /* in the order of the letter; parts[0] is the letter itself */
  guint n_parts;
  gboolean limited; /* a limit above was met */
  /*< private >*/
  guint size;
  GpoPart few[GPO_PARTS_INLINE];
} GpoAnatomy;

/* Finds the parts of a letter. The struct must stay where it is; clear it after use. */
void gpo_anatomy_init (GpoAnatomy *anatomy, const char *bytes, gsize length);
void gpo_anatomy_clear (GpoAnatomy *anatomy);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GpoAnatomy, gpo_anatomy_clear)

/* The part that IMAP's section number names (RFC 3501 §6.4.5), given as numbers: {2, 1} for "2.1".
 * An index in `parts`, or GPO_NO_PART. No numbers: 0, the letter. In a letter that is no multipart, or
 * a multipart without a part, 1 is the letter itself: IMAP means its body. */
gint gpo_anatomy_section (const GpoAnatomy *anatomy, const guint32 *numbers, guint n);

/* Sizes in CRLF form, in bytes. */
static inline gsize
gpo_part_header_size (const GpoPart *part)
{
  return part->header.length + part->header_lf;
}

static inline gsize
gpo_part_body_size (const GpoPart *part)
{
  return part->body.length + part->body_lf;
}

/* How many LFs in a span have no CR before them (a CR outside the span does not count). */
gsize gpo_count_bare_lf (const char *bytes, GpoSpan span);

G_END_DECLS
