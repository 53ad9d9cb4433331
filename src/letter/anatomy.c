/* SPDX-License-Identifier: MIT */
/* anatomy.c: one pass over a letter's lines that finds its parts.
 *
 *   multipart-body := [preamble CRLF]
 *                     dash-boundary transport-padding CRLF
 *                     body-part *encapsulation
 *                     close-delimiter transport-padding
 *                     [CRLF epilogue]                                   RFC 2046 §5.1.1
 *   delimiter      := CRLF dash-boundary                    ; so this CRLF is not the part's
 *   dash-boundary  := "--" boundary
 *
 * Every multipart that is open lies on a stack with its boundary; a line that begins with "--" is
 * held against them, the innermost first, and the one that matches ends every part above it. That is
 * how a missing end boundary heals: the next boundary outside closes what was left open.
 *
 * Where a letter is broken this reads as Postfix and Python do: a line in a header that is no field
 * ends the header and is the first line of the body.
 *
 * Who calls it: IMAP (structure and sections), the reader, the window, the bounce. */
#include "letter/anatomy.h"
#include "letter/line-ending.h"
#include "letter/mime.h"
#include <string.h>

/* --- the walk --- */

typedef struct
{
  const char *text; /* without leading "--" */
  gsize length;
  char *owned; /* if it had to be built */
} Boundary;

/* Line endings seen before a place. */
typedef struct
{
  gsize lines, bare;
} Count;

/* Why a part ended, and where. */
typedef struct
{
  int level;        /* whose boundary: index in the stack, or -1 at the end of the letter */
  gboolean closing; /* it was the end boundary: --boundary-- */
  gsize end;        /* the part's end: the line ending before the boundary is the boundary's */
  Count count;      /* at `end` */
  gsize behind;     /* behind the boundary: its line for a delimiter, its dashes for the end boundary */
} Stop;

typedef struct
{
  GpoAnatomy *a;
  gsize at;
  Count count; /* at `at` */
  Boundary open[GPO_PART_DEPTH_MAX];
  int n_open;
} Walk;

/* Moves over the line that ends at `end`, counting it. */
static void
pass_line (Walk *w, gsize end)
{
  gsize ending = gpo_ending_length (w->a->bytes, w->at, end);
  w->count.lines += ending > 0;
  w->count.bare += ending == 1;
  w->at = end;
}

/* Holds the line at the cursor against the open boundaries. */
static gboolean
at_boundary (const Walk *w, Stop *stop)
{
  const char *line = w->a->bytes + w->at;
  gsize rest = w->a->length - w->at;
  if (!w->n_open || rest < 3 || line[0] != '-' || line[1] != '-')
    return FALSE;
  for (int level = w->n_open - 1; level >= 0; level--)
    {
      const Boundary *b = &w->open[level];
      gsize p = 2 + b->length;
      if (p > rest || memcmp (line + 2, b->text, b->length) != 0)
        continue;
      gboolean closing = rest - p >= 2 && line[p] == '-' && line[p + 1] == '-';
      gsize dashes = p += closing ? 2 : 0;
      while (p < rest && (line[p] == ' ' || line[p] == '\t'))
        p++;
      if (p < rest && line[p] == '\r')
        p++;
      if (p < rest && line[p] != '\n')
        continue;
      stop->level = level;
      stop->closing = closing;
      stop->behind = closing ? w->at + dashes : MIN (w->at + p + 1, w->a->length);
      return TRUE;
    }
  return FALSE;
}

static void
stop_here (const Walk *w, Stop *stop)
{
  stop->end = w->at;
  stop->count = w->count;
}

/* Moves over body lines up to a boundary or the end of the letter. `in_line`: the cursor stands in a
 * line, whose rest can be no boundary. */
static void
pass_body (Walk *w, gboolean in_line, Stop *stop)
{
  stop_here (w, stop);
  stop->level = -1;
  while (w->at < w->a->length && (in_line || !at_boundary (w, stop)))
    {
      in_line = FALSE;
      gsize end = gpo_line_end (w->a->bytes, w->a->length, w->at);
      gsize ending = gpo_ending_length (w->a->bytes, w->at, end);
      stop->end = end - ending;
      stop->count = w->count;
      pass_line (w, end);
    }
  if (stop->level < 0)
    stop_here (w, stop);
}

/* Moves behind the boundary that `stop` found at the cursor. */
static void
pass_boundary (Walk *w, const Stop *stop)
{
  pass_line (w, stop->behind);
}

/* Reads a header. TRUE if a boundary cut it off: then there is no body. */
static gboolean
pass_header (Walk *w, GpoPart *part, Stop *stop)
{
  const char *bytes = w->a->bytes;
  gsize length = w->a->length, start = w->at;
  GpoHeaderField field;
  gboolean cut;
  while (!(cut = at_boundary (w, stop)) && gpo_header_next (bytes, length, &w->at, &field))
    if (!part->type.length && gpo_span_is (bytes, field.name, "Content-Type", 12))
      part->type = gpo_span_trim (bytes, field.value);
    else if (!part->encoding.length && gpo_span_is (bytes, field.name, "Content-Transfer-Encoding", 25))
      part->encoding = gpo_span_trim (bytes, field.value);
  gsize end = cut ? w->at : gpo_skip_empty_line (bytes, length, w->at);
  w->at = start;
  Count before = w->count;
  while (w->at < end)
    pass_line (w, gpo_line_end (bytes, end, w->at));
  part->header = (GpoSpan){ start, end - start };
  part->header_lines = w->count.lines - before.lines;
  part->header_lf = w->count.bare - before.bare;
  if (cut)
    stop_here (w, stop);
  return cut;
}

/* The boundary parameter; FALSE if there is none. */
static gboolean
read_boundary (const Walk *w, const GpoPart *part, gsize at, Boundary *out)
{
  const char *bytes = w->a->bytes;
  GpoParameter parameter;
  *out = (Boundary){ 0 };
  while (!out->text && gpo_parameter_next (bytes, GPO_SPAN_END (part->type), &at, &parameter))
    if (gpo_span_is (bytes, parameter.name, "boundary", 8))
      {
        out->text = bytes + parameter.value.start;
        out->length = parameter.value.length;
        if (parameter.quoted
            && (memchr (out->text, '\\', out->length) || memchr (out->text, '\n', out->length)))
          out->text = out->owned = gpo_parameter_dup (bytes, &parameter);
      }
    else if (parameter.name.length > 9
             && g_ascii_strncasecmp (bytes + parameter.name.start, "boundary*", 9) == 0)
      out->text = out->owned = gpo_part_parameter (w->a, part, "Content-Type", "boundary");
  if (out->owned)
    out->length = strlen (out->owned);
  while (out->length && g_ascii_isspace (out->text[out->length - 1]))
    out->length--;
  if (out->length)
    return TRUE;
  g_free (out->owned);
  return FALSE;
}

/* Whether the body is encoded, so that no embedded letter can be seen in it. */
static gboolean
is_encoded (const char *bytes, GpoSpan encoding)
{
  return gpo_span_is (bytes, encoding, "base64", 6) || gpo_span_is (bytes, encoding, "quoted-printable", 16)
         || gpo_span_is (bytes, encoding, "x-uuencode", 10) || gpo_span_is (bytes, encoding, "uuencode", 8);
}

/* Says what kind of part it is; of a multipart also reads the boundary. */
static GpoPartKind
classify (Walk *w, const GpoPart *part, Boundary *boundary)
{
  const char *bytes = w->a->bytes;
  GpoSpan word, sub;
  gsize parameters = gpo_content_words (bytes, part->type, &word, &sub);
  gboolean multipart
      = gpo_span_is (bytes, word, "multipart", 9) && read_boundary (w, part, parameters, boundary);
  gboolean message = part->type.length ? gpo_span_is (bytes, word, "message", 7)
                                             && (gpo_span_is (bytes, sub, "rfc822", 6)
                                                 || gpo_span_is (bytes, sub, "global", 6))
                                       : part->digest;
  message = message && !is_encoded (bytes, part->encoding);
  if (!multipart && !message)
    return GPO_PART_LEAF;
  if (part->depth + 1 < GPO_PART_DEPTH_MAX && w->a->n_parts < GPO_PARTS_MAX)
    return multipart ? GPO_PART_MULTIPART : GPO_PART_MESSAGE;
  w->a->limited = TRUE;
  if (multipart)
    g_free (boundary->owned);
  return GPO_PART_LEAF;
}

static gint
add_part (GpoAnatomy *a, gint parent)
{
  if (a->n_parts == a->size)
    {
      GpoPart *old = a->parts;
      a->size *= 4;
      a->parts = g_renew (GpoPart, old == a->few ? NULL : old, a->size);
      if (old == a->few)
        memcpy (a->parts, a->few, sizeof a->few);
    }
  gint index = (gint) a->n_parts++;
  a->parts[index] = (GpoPart){ .parent = parent, .first_child = GPO_NO_PART, .next = GPO_NO_PART };
  if (parent != GPO_NO_PART)
    {
      a->parts[index].depth = a->parts[parent].depth + 1;
      a->parts[parent].n_children++;
    }
  return index;
}

static gint walk_part (Walk *w, gint parent, gboolean digest, Stop *stop);

/* The body of a multipart, from its preamble to its epilogue. */
static void
walk_multipart (Walk *w, gint index, const Boundary *boundary, Stop *stop)
{
  GpoAnatomy *a = w->a;
  int level = w->n_open;
  gint last = GPO_NO_PART;
  gboolean digest = gpo_part_is (a, &a->parts[index], "multipart", "digest");

  w->open[w->n_open++] = *boundary;
  gsize start = w->at;
  pass_body (w, FALSE, stop);
  a->parts[index].preamble = (GpoSpan){ start, stop->end - start };
  while (stop->level == level && !stop->closing && a->n_parts < GPO_PARTS_MAX)
    {
      pass_boundary (w, stop);
      gint child = walk_part (w, index, digest, stop);
      if (last == GPO_NO_PART)
        a->parts[index].first_child = child;
      else
        a->parts[last].next = child;
      last = child;
    }
  w->n_open--;
  g_free (boundary->owned);
  if (stop->level == level)
    {
      gboolean closed = stop->closing;
      a->parts[index].closed = closed;
      a->limited |= !closed;
      pass_boundary (w, stop);
      start = w->at;
      pass_body (w, closed, stop);
      a->parts[index].epilogue = (GpoSpan){ start, stop->end - start };
    }
  else
    a->parts[index].epilogue = (GpoSpan){ stop->end, 0 };
}

/* One part: header, body, and what is in it. Returns its index; `stop` says what ended it. */
static gint
walk_part (Walk *w, gint parent, gboolean digest, Stop *stop)
{
  GpoAnatomy *a = w->a;
  gint index = add_part (a, parent);
  GpoPart *part = &a->parts[index];
  Boundary boundary = { 0 };

  part->digest = digest;
  gboolean cut = pass_header (w, part, stop);
  gsize start = part->header.start, body = w->at;
  Count before = w->count;
  part->kind = classify (w, part, &boundary);
  if (cut)
    {
      part->kind = GPO_PART_LEAF; /* there is no body to find anything in */
      g_free (boundary.owned);
    }
  else if (part->kind == GPO_PART_MULTIPART)
    walk_multipart (w, index, &boundary, stop);
  else if (part->kind == GPO_PART_MESSAGE)
    {
      gint child = walk_part (w, index, FALSE, stop);
      a->parts[index].first_child = child;
    }
  else
    pass_body (w, FALSE, stop);
  part = &a->parts[index]; /* the array may have moved */
  part->body = (GpoSpan){ body, stop->end - body };
  part->whole = (GpoSpan){ start, stop->end - start };
  part->body_lines = stop->count.lines - before.lines;
  part->body_lf = stop->count.bare - before.bare;
  return index;
}

void
gpo_anatomy_init (GpoAnatomy *anatomy, const char *bytes, gsize length)
{
  Walk walk;
  Stop stop = { .level = -1 };
  anatomy->bytes = bytes;
  anatomy->length = length;
  anatomy->parts = anatomy->few;
  anatomy->size = GPO_PARTS_INLINE;
  anatomy->n_parts = 0;
  anatomy->limited = FALSE;
  walk.a = anatomy;
  walk.at = 0;
  walk.count = (Count){ 0, 0 };
  walk.n_open = 0;
  walk_part (&walk, GPO_NO_PART, FALSE, &stop);
}

void
gpo_anatomy_clear (GpoAnatomy *anatomy)
{
  if (anatomy->parts != anatomy->few)
    g_free (anatomy->parts);
  anatomy->parts = NULL;
  anatomy->n_parts = 0;
}

/* --- section numbers --- */

static gint
nth_child (const GpoAnatomy *a, gint parent, guint32 n)
{
  gint child = a->parts[parent].first_child;
  while (n > 1 && child != GPO_NO_PART)
    {
      child = a->parts[child].next;
      n--;
    }
  return n == 0 ? GPO_NO_PART : child;
}

/* A multipart without a part is shown as a leaf (structure.h), and its bytes are those of section 1. */
static gboolean
has_parts (const GpoPart *part)
{
  return part->kind == GPO_PART_MULTIPART && part->first_child != GPO_NO_PART;
}

gint
gpo_anatomy_section (const GpoAnatomy *anatomy, const guint32 *numbers, guint n)
{
  gint found = 0, within = 0; /* `within`: the letter or multipart whose parts the next number counts */
  for (guint i = 0; i < n; i++)
    {
      if (i > 0 && anatomy->parts[found].kind != GPO_PART_MESSAGE && !has_parts (&anatomy->parts[found]))
        return GPO_NO_PART;
      if (i > 0)
        within = anatomy->parts[found].kind == GPO_PART_MESSAGE ? anatomy->parts[found].first_child : found;
      if (has_parts (&anatomy->parts[within]))
        found = nth_child (anatomy, within, numbers[i]);
      else
        found = numbers[i] == 1 ? within : GPO_NO_PART;
      if (found == GPO_NO_PART)
        return GPO_NO_PART;
    }
  return found;
}
