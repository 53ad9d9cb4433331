/* SPDX-License-Identifier: MIT */
/* mime.h: what the parts of a letter mean: RFC 2045, RFC 2047, RFC 2183, RFC 2231.
 *
 * Two levels. Raw: parameters as spans, as IMAP's BODYSTRUCTURE shows them. Decoded: UTF-8 text and
 * bytes, through GMime; this is what a person reads. Decoding never fails: what cannot be decoded
 * stays as it came, with U+FFFD for bytes that are no text.
 *
 * Pure. Any thread. */
#pragma once
#include "letter/anatomy.h"

G_BEGIN_DECLS

/* Sets GMime up, once. Everything here does so by itself; who calls GMime directly calls this first. */
void gpo_mime_ready (void);

/* --- raw --- */

typedef struct
{
  GpoSpan name;    /* "charset", "filename*0" */
  GpoSpan value;   /* without its quotes, with its backslashes */
  gboolean quoted; /* it was a quoted string: backslashes quote the byte behind them */
} GpoParameter;

/* The words before the parameters of Content-Type ("text", "plain") or Content-Disposition
 * ("attachment", and an empty `sub`), in a trimmed value. Returns where the parameters begin, for
 * gpo_parameter_next(). Comments in parentheses are passed over. */
gsize gpo_content_words (const char *bytes, GpoSpan value, GpoSpan *word, GpoSpan *sub);
/* The parameter at or behind *at; moves *at behind it. FALSE: no more. */
gboolean gpo_parameter_next (const char *bytes, gsize end, gsize *at, GpoParameter *out);
/* A parameter's value with backslashes taken off. The caller frees. */
char *gpo_parameter_dup (const char *bytes, const GpoParameter *parameter);

/* Whether a part is of this type ("text", "plain"; sub NULL: any), defaults applied
 * (RFC 2045 §5.2, RFC 2046 §5.1.5). ASCII case ignored. */
gboolean gpo_part_is (const GpoAnatomy *anatomy, const GpoPart *part, const char *type, const char *sub);

/* --- decoded --- */

/* A field's value for people: unfolded, RFC 2047 words decoded, UTF-8, without the white space at
 * its ends. Control bytes stay. The caller frees. */
char *gpo_header_decode (const char *value, gsize length);
/* The same of the first field of this name in a header, or NULL if there is none. */
char *gpo_header_text (const char *bytes, GpoSpan header, const char *name);

/* The addresses of a field such as To, without names and comments, groups opened; NULL-terminated, empty if
 * there are none. The caller frees (g_strfreev). */
char **gpo_header_addresses (const char *value, gsize length);

/* A parameter of Content-Type or Content-Disposition as UTF-8 (RFC 2231 and RFC 2047 undone), or
 * NULL. `field`: "Content-Type" or "Content-Disposition". The caller frees. */
char *gpo_part_parameter (const GpoAnatomy *anatomy, const GpoPart *part, const char *field,
                          const char *name);
/* The name a part would have as a file (Content-Disposition's filename, else Content-Type's name), or
 * NULL. As the sender wrote it: it may hold slashes. The caller frees. */
char *gpo_part_filename (const GpoAnatomy *anatomy, const GpoPart *part);

/* The body with its transfer encoding undone. The caller unrefs. An encoding that is not known
 * leaves the bytes as they are. */
GBytes *gpo_part_decode (const GpoAnatomy *anatomy, const GpoPart *part);
/* The body as UTF-8 text: transfer encoding and charset undone; NULs become U+FFFD. NUL-terminated;
 * *length may be NULL. The caller frees. */
char *gpo_part_text (const GpoAnatomy *anatomy, const GpoPart *part, gsize *length);

/* --- letters older than MIME: files between "begin 644 name" and "end" in the text --- */

typedef struct
{
  GpoSpan whole; /* the begin line to the end line, both with their line endings */
  GpoSpan data;  /* the lines between */
  GpoSpan name;  /* the file's name in the begin line */
} GpoUuencoded;

/* The first uuencoded file at or behind `from` in a span. FALSE: none that is whole. */
gboolean gpo_uu_find (const char *bytes, GpoSpan within, gsize from, GpoUuencoded *out);
/* The file's bytes. The caller unrefs. */
GBytes *gpo_uu_decode (const char *bytes, const GpoUuencoded *file);

G_END_DECLS
