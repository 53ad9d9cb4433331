/* SPDX-License-Identifier: MIT */
/* letter-fields.c: header fields and parts of a letter as facts, and where the envelope says otherwise.
 *
 * Fields come from the stored form: first those that this host put on top, then those of the hosts before it,
 * the newest first, then what came with the letter. How much each host added is in its transfer.
 *
 * Who calls it: letter-facts.c. */
#include "letter/mime.h"
#include "replay/letter-facts.h"
#include <string.h>

/* Letters up to this size have their decoded sizes counted at once. */
#define COUNT_AT_ONCE (1024 * 1024)

/* --- the header --- */

/* The host that put the byte at `at` of the stored form there, or 0 if it came with the letter. */
static GpoSymbol
host_that_added (const GpoLetterFacts *facts, gsize at)
{
  for (gint i = facts->transfer; i >= 0;)
    {
      const GpoTransfer *transfer = facts->transfers->pdata[i];
      if (at < transfer->added_length)
        return transfer->host;
      if (!transfer->recorded)
        return 0; /* other bytes may have come than the host before had */
      at -= transfer->added_length;
      i = transfer->before;
    }
  return 0;
}

static void
add_field (GpoLetterFacts *facts, const char *bytes, const GpoHeaderField *field)
{
  GpoFieldFact *fact = g_new0 (GpoFieldFact, 1);
  gsize n = field->value.length;
  const char *value = bytes + field->value.start;
  while (n && (value[n - 1] == '\n' || value[n - 1] == '\r'))
    n--;
  g_autofree char *literal = g_utf8_make_valid (value, (gssize) n);
  fact->name = g_utf8_make_valid (bytes + field->name.start, (gssize) field->name.length);
  fact->text = g_strdelimit (gpo_header_decode (value, n), "\t", ' ');
  fact->kind = gpo_header_kind (fact->name);
  fact->folded = memchr (value, '\n', n) != NULL;
  fact->encoded = strstr (literal, "=?") && !strstr (fact->text, "=?");
  fact->raw = g_steal_pointer (&literal);
  fact->span = field->whole;
  fact->added_by = host_that_added (facts, field->whole.start);
  const GpoTransfer *transfer = gpo_letter_facts_transfer (facts);
  fact->event = facts->bytes ? gpo_transfer_event (transfer, facts->bytes, field->whole.start) : G_MAXUINT64;
  g_ptr_array_add (facts->fields, fact);
}

void
gpo_letter_facts_gather_fields (GpoLetterFacts *facts, const char *bytes, gsize length)
{
  GpoHeaderField field;
  for (gsize at = 0; gpo_header_next (bytes, length, &at, &field);)
    add_field (facts, bytes, &field);
}

/* --- the data --- */

static char *
span_dup (const char *bytes, GpoSpan span)
{
  return g_utf8_make_valid (bytes + span.start, (gssize) span.length);
}

static char *
part_type (const GpoAnatomy *anatomy, const GpoPart *part)
{
  GpoSpan word, sub;
  if (!part->type.length)
    return g_strdup (part->digest ? "message/rfc822" : "text/plain");
  gpo_content_words (anatomy->bytes, part->type, &word, &sub);
  g_autofree char *a = span_dup (anatomy->bytes, word), *b = span_dup (anatomy->bytes, sub);
  return g_strdup_printf ("%s/%s", a, b);
}

GBytes *
gpo_letter_part_decoded (const GpoLetterFacts *facts, GpoPartFact *part)
{
  GBytes *decoded = gpo_part_decode (&facts->anatomy, &facts->anatomy.parts[part->index]);
  part->decoded = (gint64) g_bytes_get_size (decoded);
  return decoded;
}

static void
add_part (GpoLetterFacts *facts, guint index)
{
  const GpoAnatomy *anatomy = &facts->anatomy;
  const GpoPart *part = &anatomy->parts[index];
  GpoPartFact *fact = g_new0 (GpoPartFact, 1);
  fact->depth = part->depth;
  fact->index = index;
  fact->type = part_type (anatomy, part);
  fact->encoding = part->encoding.length ? span_dup (anatomy->bytes, part->encoding) : g_strdup ("7bit");
  fact->charset = gpo_part_parameter (anatomy, part, "Content-Type", "charset");
  fact->filename = gpo_part_filename (anatomy, part);
  fact->size = (gint64) part->body.length;
  fact->decoded = -1;
  gpo_part_form (anatomy, part, &fact->form);
  g_ptr_array_add (facts->parts, fact);
  if (part->kind == GPO_PART_LEAF && anatomy->length <= COUNT_AT_ONCE)
    g_bytes_unref (gpo_letter_part_decoded (facts, fact));
}

/* Takes a text down to GPO_BODY_SHOWN bytes, at the end of a character. */
static gboolean
shorten (char *text, gsize length)
{
  if (length <= GPO_BODY_SHOWN)
    return FALSE;
  char *end = g_utf8_find_prev_char (text, text + GPO_BODY_SHOWN);
  *(end ? end : text) = 0;
  return TRUE;
}

void
gpo_letter_facts_gather_parts (GpoLetterFacts *facts)
{
  const GpoAnatomy *anatomy = &facts->anatomy;
  const GpoPart *readable = NULL;
  gsize body = GPO_SPAN_END (facts->header), rest = anatomy->length - body;
  for (guint i = 0; i < anatomy->n_parts; i++)
    {
      add_part (facts, i);
      const GpoPart *part = &anatomy->parts[i];
      const GpoPartFact *fact = facts->parts->pdata[i];
      if (!readable && part->kind == GPO_PART_LEAF && !fact->filename
          && gpo_part_is (anatomy, part, "text", NULL))
        readable = part;
    }
  facts->body_size = (gint64) rest;
  facts->raw_body = g_utf8_make_valid (anatomy->bytes + body, (gssize) MIN (rest, GPO_BODY_SHOWN));
  facts->cut = facts->bytes->cut || rest > GPO_BODY_SHOWN;
  gsize length;
  facts->body = readable ? gpo_part_text (anatomy, readable, &length) : NULL;
  if (facts->body && shorten (facts->body, length))
    facts->cut = TRUE;
}

/* --- where envelope and header disagree --- */

/* The addresses of all fields of one of two names: casefolded address → event that brought it. */
static GHashTable *
addresses_of (const GpoLetterFacts *facts, const char *one, const char *other, GPtrArray *in_order)
{
  GHashTable *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < facts->fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      if (g_ascii_strcasecmp (field->name, one) != 0 && g_ascii_strcasecmp (field->name, other) != 0)
        continue;
      g_auto (GStrv) addresses = gpo_header_addresses (field->raw, strlen (field->raw));
      for (char **address = addresses; *address; address++)
        {
          if (in_order)
            g_ptr_array_add (in_order, g_strdup (*address));
          g_hash_table_insert (found, g_utf8_casefold (*address, -1), (gpointer) field);
        }
    }
  return found;
}

static gboolean
is_among (GHashTable *addresses, const char *path)
{
  g_autofree char *folded = g_utf8_casefold (path, -1);
  return g_hash_table_contains (addresses, folded);
}

static void
differ (GpoLetterFacts *facts, GpoDiffers what, const char *path, guint64 event)
{
  GpoDifference *difference = g_new0 (GpoDifference, 1);
  difference->what = what;
  difference->path = g_strdup (path);
  difference->event = event;
  g_ptr_array_add (facts->differences, difference);
}

/* Of the hop whose header and data are shown. */
static void
compare_hop (GpoLetterFacts *facts, const GpoHop *hop, GHashTable *to, GPtrArray *named)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < hop->said->len; i++)
    {
      const GpoSaid *said = hop->said->pdata[i];
      gboolean mail = strcmp (said->verb, "MAIL") == 0;
      if (!said->path)
        continue;
      if (!mail)
        g_hash_table_add (told, g_utf8_casefold (said->path, -1));
      if (said->code >= 400 || said->in_header)
        continue;
      differ (facts,
              !mail         ? GPO_DIFFERS_BLIND
              : *said->path ? GPO_DIFFERS_SENDER
                            : GPO_DIFFERS_NULL,
              said->path, said->event);
    }
  for (guint i = 0; i < named->len; i++)
    if (!is_among (told, named->pdata[i]))
      {
        g_autofree char *folded = g_utf8_casefold (named->pdata[i], -1);
        const GpoFieldFact *field = g_hash_table_lookup (to, folded);
        differ (facts, GPO_DIFFERS_ABSENT, named->pdata[i], field->event);
      }
}

void
gpo_letter_facts_compare (GpoLetterFacts *facts)
{
  g_autoptr (GPtrArray) named = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) from = addresses_of (facts, "From", "Sender", NULL);
  g_autoptr (GHashTable) to = addresses_of (facts, "To", "Cc", named);
  for (guint i = 0; i < facts->hops->len; i++)
    {
      const GpoHop *hop = facts->hops->pdata[i];
      for (guint j = 0; j < hop->said->len; j++)
        {
          GpoSaid *said = hop->said->pdata[j];
          gboolean mail = strcmp (said->verb, "MAIL") == 0;
          said->in_header = said->path && *said->path && is_among (mail ? from : to, said->path);
        }
    }
  const GpoHop *hop
      = facts->fields->len ? gpo_letter_facts_hop (facts, gpo_letter_facts_transfer (facts)) : NULL;
  if (hop)
    compare_hop (facts, hop, to, named);
  for (guint i = 0; i < facts->fields->len; i++)
    {
      const GpoFieldFact *field = facts->fields->pdata[i];
      if (g_ascii_strcasecmp (field->name, "Bcc") == 0 || g_ascii_strcasecmp (field->name, "Resent-Bcc") == 0)
        differ (facts, GPO_DIFFERS_BCC, field->text, field->event);
    }
}
