/* SPDX-License-Identifier: MIT */
/* part-form.c: one pass over a part's bytes that counts what matters on the way.
 *
 *   encoding := "Content-Transfer-Encoding" ":" mechanism                     RFC 2045 §6.1
 *   mechanism := "7bit" / "8bit" / "binary" / "quoted-printable" / "base64" / ietf-token / x-token
 *
 * Who calls it: the letter's sheet (src/replay/letter-sheet). */
#include "letter/part-form.h"
#include "letter/line-ending.h"
#include <string.h>

#define LINE_MAX_BYTES 998 /* RFC 5322 §2.1.1 */

static const char *const names[]
    = { "7bit", "8bit", "binary", "quoted-printable", "base64", "uuencode", "unknown" };

const char *
gpo_form_name (GpoForm form)
{
  return names[form];
}

static GpoForm
declared (const char *bytes, GpoSpan word)
{
  for (guint i = GPO_FORM_7BIT; i < GPO_FORM_UNKNOWN; i++)
    if (gpo_span_is (bytes, word, names[i], strlen (names[i])))
      return (GpoForm) i;
  if (gpo_span_is (bytes, word, "x-uuencode", 10) || gpo_span_is (bytes, word, "x-uue", 5))
    return GPO_FORM_UUENCODE;
  return word.length ? GPO_FORM_UNKNOWN : GPO_FORM_7BIT;
}

/* One line's content, without its ending. */
static void
count_line (GpoPartForm *form, const char *line, gsize length, gsize ending)
{
  form->lines++;
  form->longest = MAX (form->longest, length);
  form->bare_lf += ending == 1;
  for (gsize i = 0; i < length; i++)
    {
      guchar c = (guchar) line[i];
      form->eight_bit += c >= 0x80;
      form->nul += c == 0;
      form->bare_cr += c == '\r';
      form->escapes
          += c == '=' && i + 2 < length && g_ascii_isxdigit (line[i + 1]) && g_ascii_isxdigit (line[i + 2]);
    }
  while (length && (line[length - 1] == ' ' || line[length - 1] == '\t'))
    length--;
  form->soft += ending && length && line[length - 1] == '=';
}

void
gpo_part_form (const GpoAnatomy *anatomy, const GpoPart *part, GpoPartForm *out)
{
  const char *bytes = anatomy->bytes;
  gsize end = GPO_SPAN_END (part->body);
  *out = (GpoPartForm){ .raw = part->body.length, .said = part->encoding.length > 0 };
  out->declared = declared (bytes, part->encoding);
  for (gsize at = part->body.start; at < end;)
    {
      gsize next = gpo_line_end (bytes, end, at), ending = gpo_ending_length (bytes, at, next);
      count_line (out, bytes + at, next - at - ending, ending);
      at = next;
    }
  out->found = out->nul || out->bare_cr || out->longest > LINE_MAX_BYTES ? GPO_FORM_BINARY
               : out->eight_bit                                          ? GPO_FORM_8BIT
                                                                         : GPO_FORM_7BIT;
  GpoUuencoded file;
  if (part->kind == GPO_PART_LEAF && out->declared != GPO_FORM_BASE64)
    for (gsize at = part->body.start; gpo_uu_find (bytes, part->body, at, &file);
         at = GPO_SPAN_END (file.whole))
      out->files++;
}
