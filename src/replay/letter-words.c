/* SPDX-License-Identifier: MIT */
/* letter-words.c: the sentences about a letter.
 *
 * Who calls it: the window's letter view and `glasspost show --letter`. */
#include "replay/letter-words.h"
#define GETTEXT_PACKAGE "glasspost"
#include <glib/gi18n-lib.h>
#include <string.h>

char *
gpo_difference_words (const GpoDifference *difference)
{
  const char *path = difference->path;
  switch (difference->what)
    {
    case GPO_DIFFERS_SENDER:
      return g_strdup_printf (_ ("MAIL FROM says %s, the header’s From does not: reports of failure go to "
                                 "the one, answers to the other."),
                              path);
    case GPO_DIFFERS_NULL:
      return g_strdup (
          _ ("MAIL FROM is empty, the null reverse-path: this is a report, and nobody is told if it "
             "cannot be delivered."));
    case GPO_DIFFERS_BLIND:
      return g_strdup_printf (_ ("RCPT TO names %s, neither To nor Cc does: a blind copy (Bcc)."), path);
    case GPO_DIFFERS_ABSENT:
      return g_strdup_printf (
          _ ("To or Cc names %s, no RCPT TO of this transfer does: it does not go there."), path);
    default:
      return g_strdup_printf (
          _ ("The header has Bcc: %s. Every recipient can read that; a mail program should "
             "have taken it out."),
          path);
    }
}

/* --- parts --- */

static char *
plain_words (const GpoPartForm *form)
{
  if (form->found == form->declared || (form->declared == GPO_FORM_8BIT && form->found == GPO_FORM_7BIT)
      || (form->declared == GPO_FORM_BINARY))
    switch (form->declared)
      {
      case GPO_FORM_7BIT:
        return g_strdup_printf (
            _ ("7bit: plain ASCII, as it is; the longest line has %" G_GSIZE_FORMAT " bytes."),
            form->longest);
      case GPO_FORM_8BIT:
        return g_strdup_printf (_ ("8bit: as it is, %" G_GSIZE_FORMAT " bytes are above 127."),
                                form->eight_bit);
      default:
        return g_strdup (_ ("binary: any bytes, lines of any length; only BDAT can carry it."));
      }
  if (form->found == GPO_FORM_8BIT)
    return g_strdup_printf (_ ("Said to be %s, but %" G_GSIZE_FORMAT " bytes are above 127."),
                            gpo_form_name (form->declared), form->eight_bit);
  return g_strdup_printf (_ ("Said to be %s, but it has %" G_GSIZE_FORMAT " NUL, %" G_GSIZE_FORMAT
                             " CR without LF, and a line of %" G_GSIZE_FORMAT " bytes (998 may be)."),
                          gpo_form_name (form->declared), form->nul, form->bare_cr, form->longest);
}

static char *
form_words (const GpoPartForm *form)
{
  switch (form->declared)
    {
    case GPO_FORM_QUOTED_PRINTABLE:
      return g_strdup_printf (_ ("quoted-printable: ASCII as it is, other bytes as =XX (%" G_GSIZE_FORMAT
                                 " here), long lines broken by = at their end (%" G_GSIZE_FORMAT " here)."),
                              form->escapes, form->soft);
    case GPO_FORM_BASE64:
      return g_strdup_printf (_ ("base64: each 3 bytes as 4 letters, in %" G_GSIZE_FORMAT " lines."),
                              form->lines);
    case GPO_FORM_UUENCODE:
      return g_strdup (_ ("uuencode: each 3 bytes as 4 characters, older than MIME."));
    case GPO_FORM_UNKNOWN:
      return g_strdup (_ ("An encoding that no standard names: shown as it came."));
    default:
      return plain_words (form);
    }
}

char *
gpo_part_words (const GpoPartFact *part)
{
  char *text = form_words (&part->form);
  if (part->form.files == 0)
    return text;
  g_autofree char *first = text;
  return g_strdup_printf (ngettext ("%s In the text is %u uuencoded file.",
                                    "%s In the text are %u uuencoded files.", part->form.files),
                          first, part->form.files);
}

char *
gpo_part_size_words (const GpoPartFact *part)
{
  if (part->decoded < 0 || part->decoded == part->size)
    return g_strdup_printf (ngettext ("%d byte", "%d bytes", (gulong) part->size), (int) part->size);
  double growth = part->decoded ? ((double) part->size / (double) part->decoded - 1) * 100 : 0;
  return g_strdup_printf (_ ("%" G_GINT64_FORMAT " bytes for %" G_GINT64_FORMAT " decoded (%+.0f %%)"),
                          part->size, part->decoded, growth);
}

/* --- transfers --- */

char *
gpo_transfer_words (const GpoTransfer *transfer)
{
  if (!transfer->session)
    return g_strdup_printf (_ ("written at %s"), gpo_symbol_name (transfer->host));
  if (transfer->fetched)
    return g_strdup_printf ("%s → %s", gpo_symbol_name (transfer->host),
                            transfer->caller ? gpo_symbol_name (transfer->caller) : _ ("a mail program"));
  return g_strdup_printf ("%s → %s",
                          transfer->caller ? gpo_symbol_name (transfer->caller) : _ ("a mail program"),
                          gpo_symbol_name (transfer->host));
}

char *
gpo_transfer_did_words (const GpoTransfer *transfer, guint fields, gboolean changed)
{
  const char *host = gpo_symbol_name (transfer->host);
  if (transfer->fetched)
    return g_strdup (_ ("Fetched as it lies in the mailbox: nobody hands it on any more."));
  if (transfer->whole == G_MAXUINT64 && transfer->session)
    return g_strdup_printf (_ ("%s has not taken it: nothing is added."), host);
  if (transfer->added_length == 0)
    return g_strdup_printf (_ ("%s added nothing."), host);
  g_autofree char *added = g_strdup_printf (
      ngettext ("%s put %u field on top (%u bytes)", "%s put %u fields on top (%u bytes)", fields), host,
      fields, (guint) transfer->added_length);
  return g_strdup_printf (changed ? _ ("%s. What came is not what the host before had stored.")
                                  : _ ("%s and changed no other byte."),
                          added);
}

char *
gpo_delay_words (const GpoChainHop *hop)
{
  if (!hop->timed)
    return NULL;
  gint64 seconds = ABS (hop->delay) / G_USEC_PER_SEC;
  g_autofree char *amount = seconds < 120    ? g_strdup_printf (_ ("%d s"), (int) seconds)
                            : seconds < 7200 ? g_strdup_printf (_ ("%d min"), (int) (seconds / 60))
                                             : g_strdup_printf (_ ("%d h"), (int) (seconds / 3600));
  return g_strdup_printf (hop->delay < 0 ? "−%s" : "+%s", amount);
}

char *
gpo_chain_warning (const GpoChainHop *hop)
{
  gboolean backwards = hop->timed && hop->delay < 0;
  if (!hop->broken && !backwards)
    return NULL;
  return g_strdup (hop->broken && backwards ? _ ("not from the host above; a wrong clock, or a lie")
                   : hop->broken            ? _ ("says it is not from the host above")
                                            : _ ("a wrong clock, or a lie"));
}

/* --- places --- */

static gboolean
within (GpoSpan span, gsize at)
{
  return at >= span.start && at < GPO_SPAN_END (span);
}

/* In the data: the deepest part that has the byte in its header or body; else what separates parts. */
static char *
body_words (const GpoLetterFacts *facts, gsize at, GpoSpan *span)
{
  const GpoAnatomy *anatomy = &facts->anatomy;
  char *words = NULL;
  for (guint i = 0; i < facts->parts->len; i++)
    {
      const GpoPart *part = &anatomy->parts[i];
      const GpoPartFact *fact = facts->parts->pdata[i];
      if (!within (part->whole, at))
        continue;
      g_free (words);
      if (i > 0 && within (part->header, at))
        {
          *span = part->header;
          words = g_strdup_printf (_ ("header of part %u, %s"), i, fact->type);
        }
      else if (part->kind == GPO_PART_MULTIPART)
        {
          *span = within (part->preamble, at) ? part->preamble : (GpoSpan){ at, 1 };
          words = g_strdup (within (part->preamble, at)   ? _ ("preamble, which no mail program shows")
                            : within (part->epilogue, at) ? _ ("epilogue, which no mail program shows")
                                                          : _ ("boundary between parts"));
        }
      else
        {
          *span = part->body;
          words = facts->parts->len == 1
                      ? g_strdup_printf (_ ("data, %s, %s"), fact->type, fact->encoding)
                      : g_strdup_printf (_ ("part %u, %s, %s"), i, fact->type, fact->encoding);
        }
    }
  return words ? words : g_strdup (_ ("data"));
}

char *
gpo_place_words (const GpoLetterFacts *facts, gsize at, GpoSpan *span)
{
  for (guint i = 0; i < facts->fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      if (!within (field->span, at))
        continue;
      *span = field->span;
      if (field->added_by)
        return g_strdup_printf (_ ("field %s, put on top by %s"), field->name,
                                gpo_symbol_name (field->added_by));
      return g_strdup_printf (_ ("field %s"), field->name);
    }
  if (at < GPO_SPAN_END (facts->header))
    {
      const GpoFieldFact *last = facts->fields->len ? facts->fields->pdata[facts->fields->len - 1] : NULL;
      gsize start = last ? GPO_SPAN_END (last->span) : 0;
      *span = (GpoSpan){ start, GPO_SPAN_END (facts->header) - start };
      return g_strdup (_ ("the empty line: here the header ends and the data begin"));
    }
  *span = (GpoSpan){ at, 1 };
  return facts->bytes ? body_words (facts, at, span) : g_strdup ("");
}
