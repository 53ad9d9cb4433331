/* SPDX-License-Identifier: MIT */
/* letter-text.c: envelope, header, data, bytes and hops as lines of text.
 *
 * Who calls it: `glasspost show --letter`. */
#include "replay/letter-text.h"
#include "letter/mime.h"
#include "replay/letter-diff.h"
#include "replay/letter-rows.h"
#include "replay/letter-words.h"
#include "trace/transcript.h"
#include <string.h>

/* Text of the letter, made harmless. */
static void
append (GString *out, const char *before, const char *text, gssize length, const char *after)
{
  g_string_append (out, before);
  gpo_escape_text (out, text, length < 0 ? strlen (text) : (gsize) length, 0);
  g_string_append (out, after);
}

/* Lines of the letter, each behind `before`. */
static void
append_lines (GString *out, const char *before, const char *text, gsize length)
{
  for (gsize at = 0; at < length;)
    {
      const char *lf = memchr (text + at, '\n', length - at);
      gsize end = lf ? (gsize) (lf - text) : length, next = lf ? end + 1 : length;
      if (end > at && text[end - 1] == '\r')
        end--;
      append (out, before, text + at, (gssize) (end - at), "\n");
      at = next;
    }
}

static void
envelope (GString *out, GpoPicture *picture, const GpoLetterFacts *facts)
{
  for (guint i = 0; i < facts->hops->len; i++)
    {
      const GpoHop *hop = facts->hops->pdata[i];
      g_string_append_printf (out, "%s told %s, session %u\n",
                              hop->caller ? gpo_symbol_name (hop->caller) : "a mail program",
                              gpo_symbol_name (hop->host), hop->session);
      for (guint j = 0; j < hop->said->len; j++)
        {
          const GpoSaid *said = hop->said->pdata[j];
          append (out, strcmp (said->verb, "MAIL") == 0 ? "  MAIL FROM:<" : "  RCPT TO:<",
                  said->path ? said->path : "?", -1, ">\n");
          append (out, "    ", said->reply ? said->reply : "no answer yet", -1, "\n");
        }
    }
  if (facts->hops->len == 0)
    g_string_append (out, "nobody said it in a session\n");
  for (guint i = 0; i < facts->differences->len; i++)
    {
      g_autofree char *words = gpo_difference_words (facts->differences->pdata[i]);
      append (out, "≠ ", words, -1, "\n");
    }
}

static void
header (GString *out, GpoPicture *picture, const GpoLetterFacts *facts)
{
  GpoSymbol origin = (GpoSymbol) -1;
  for (guint i = 0; i < facts->fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      if (field->added_by != origin)
        g_string_append_printf (out, "%s%s\n", field->added_by ? "put on top by " : "came with the letter",
                                field->added_by ? gpo_symbol_name (field->added_by) : "");
      origin = field->added_by;
      append (out, "  ", field->name, -1, ": ");
      append (out, "", field->text, -1, "");
      g_string_append_printf (out, "   (%s", gpo_header_kind_name (field->kind));
      if (field->event != G_MAXUINT64)
        g_string_append_printf (out, ", event %" G_GUINT64_FORMAT, field->event);
      g_string_append (out, ")\n");
      if (field->encoded || field->folded)
        append_lines (out, "    | ", field->raw, strlen (field->raw));
    }
  if (facts->fields->len == 0)
    g_string_append (out, facts->older ? "not in the trace: the letter came before it begins\n"
                                       : "not sent yet\n");
}

static void
data (GString *out, GpoPicture *picture, const GpoLetterFacts *facts)
{
  for (guint i = 0; i < facts->parts->len; i++)
    {
      GpoPartFact *part = facts->parts->pdata[i];
      const GpoPart *place = &facts->anatomy.parts[part->index];
      g_string_append_printf (out, "%*s", (int) MIN (part->depth, 20) * 2, "");
      append (out, "", part->type, -1, "");
      if (part->filename)
        append (out, ", ", part->filename, -1, "");
      g_string_append_c (out, '\n');
      if (place->kind != GPO_PART_LEAF)
        continue;
      g_autofree char *words = gpo_part_words (part), *size = gpo_part_size_words (part);
      g_string_append_printf (out, "%*s%s %s\n", (int) MIN (part->depth, 20) * 2 + 2, "", words, size);
      if (!gpo_part_is (&facts->anatomy, place, "text", NULL))
        continue;
      gsize length;
      g_autofree char *text = gpo_part_text (&facts->anatomy, place, &length);
      append_lines (out, "    | ", text, MIN (length, GPO_BODY_SHOWN));
    }
  if (facts->parts->len == 0)
    g_string_append (out, facts->older ? "not in the trace: the letter came before it begins\n"
                                       : "not sent yet, or not in the trace\n");
}

static void
bytes (GString *out, GpoPicture *picture, const GpoLetterFacts *facts)
{
  const GpoTransfer *transfer = gpo_letter_facts_transfer (facts);
  if (!transfer)
    {
      g_string_append (out, "no byte has come\n");
      return;
    }
  g_autoptr (GpoLetterRows) rows = gpo_letter_rows_new (facts->bytes, transfer, GPO_ROWS_BOTH, FALSE, 100);
  const char *wire = g_bytes_get_data (facts->bytes->wire, NULL),
             *stored = g_bytes_get_data (facts->bytes->stored, NULL);
  for (guint i = 0; i < gpo_letter_rows_n (rows); i++)
    {
      GpoByteRow row;
      gpo_letter_rows_get (rows, i, &row);
      GpoSpan span = row.has_wire ? row.wire : row.stored;
      const char *from = row.end ? ".\r\n" : (row.has_wire ? wire : stored) + span.start;
      g_string_append_printf (out, "%8zu %s ", span.start,
                              row.end         ? "end"
                              : !row.has_wire ? "  +"
                              : row.dot       ? "dot"
                                              : "   ");
      gpo_escape_text (out, from, span.length, GPO_TRANSCRIPT_BYTES);
      g_string_append_c (out, '\n');
    }
}

static void
diff (GString *out, GpoPicture *picture, const GpoLetterFacts *facts, guint index)
{
  const GpoTransfer *transfer = facts->transfers->pdata[index];
  g_autoptr (GpoLetterBytes) now = gpo_letter_bytes_new (picture, facts->transfers, index, GPO_LETTER_READ);
  gboolean own = transfer->recorded || transfer->before < 0;
  g_autoptr (GpoLetterBytes) before
      = own ? NULL
            : gpo_letter_bytes_new (picture, facts->transfers, (guint) transfer->before, GPO_LETTER_READ);
  gsize n, m;
  const char *new = g_bytes_get_data (now->stored, &m),
             *old = own ? new + now->added : g_bytes_get_data (before->stored, &n);
  if (own)
    n = m - now->added;
  g_autoptr (GArray) runs = gpo_letter_diff_new (old, n, new, m);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *title = gpo_transfer_words (transfer);
  gpo_letter_diff_print (text, runs, old, new, 2);
  g_string_append_printf (out, "%s, event %" G_GUINT64_FORMAT "\n", title,
                          g_array_index (transfer->pieces, GpoWirePiece, 0).event);
  append_lines (out, "  ", text->str, text->len);
}

static void
hops (GString *out, GpoPicture *picture, const GpoLetterFacts *facts)
{
  g_autoptr (GPtrArray) chain = gpo_letter_chain_new (facts);
  for (guint i = 0; i < chain->len; i++)
    {
      const GpoChainHop *hop = chain->pdata[i];
      g_autofree char *delay = gpo_delay_words (hop), *warning = gpo_chain_warning (hop);
      append (out, "", hop->stamp.from ? hop->stamp.from : "?", -1, " → ");
      append (out, "", hop->stamp.by ? hop->stamp.by : "?", -1, "");
      if (hop->stamp.with)
        append (out, ", ", hop->stamp.with, -1, "");
      g_string_append_printf (out, "%s%s, %s%s%s\n", delay ? ", " : "", delay ? delay : "",
                              hop->field->added_by ? "added in this trace" : "only claimed",
                              warning ? " ✗ " : "", warning ? warning : "");
    }
  for (guint i = 0; i < facts->transfers->len; i++)
    diff (out, picture, facts, i);
}

gboolean
gpo_letter_to_text (GString *out, GpoPicture *picture, const GpoLetterFacts *facts, const char *as)
{
  static const struct
  {
    const char *name;
    gboolean usual;
    void (*write) (GString *out, GpoPicture *picture, const GpoLetterFacts *facts);
  } sides[] = { { "envelope", TRUE, envelope },
                { "header", TRUE, header },
                { "data", TRUE, data },
                { "bytes", FALSE, bytes },
                { "hops", FALSE, hops } };
  gboolean found = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      if (as ? strcmp (as, sides[i].name) != 0 : !sides[i].usual)
        continue;
      if (!as)
        g_string_append_printf (out, "%s=== %s\n", i ? "\n" : "", sides[i].name);
      sides[i].write (out, picture, facts);
      found = TRUE;
    }
  return found;
}
