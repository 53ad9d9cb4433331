/* SPDX-License-Identifier: MIT */
/* imap-fetch-args.c: what FETCH asks for: RFC 3501 §6.4.5 and §9.
 *
 *     fetch        = ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")
 *                    [modifier: imap-condstore-args.c]
 *     fetch-att    = "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822" [".HEADER" / ".SIZE" / ".TEXT"] /
 *                    "BODY" ["STRUCTURE"] / "UID" / "MODSEQ" /
 *                    "BODY" [".PEEK"] section ["<" number "." nz-number ">"]
 *     section      = "[" [section-spec] "]"
 *     section-spec = section-msgtext / (section-part ["." section-text])
 *     section-part = nz-number *("." nz-number)
 *     section-text = section-msgtext / "MIME"
 *     section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
 *     header-list  = "(" header-fld-name *(SP header-fld-name) ")" */
#include "protocol/imap.h"
#include <string.h>

static void
item_clear (gpointer data)
{
  GpoFetchItem *item = data;
  g_clear_pointer (&item->fields, g_ptr_array_unref);
  g_clear_pointer (&item->label, g_free);
}

void
gpo_imap_fetch_args_clear (GpoFetchArgs *args)
{
  g_clear_pointer (&args->items, g_array_unref);
}

/* An item asked for twice is answered once. */
static void
add (GpoFetchArgs *args, GpoFetchItem item)
{
  for (guint i = 0; i < args->items->len; i++)
    {
      GpoFetchItem *other = &g_array_index (args->items, GpoFetchItem, i);
      if (other->kind == item.kind && g_strcmp0 (other->label, item.label) == 0)
        {
          other->seen |= item.seen;
          item_clear (&item);
          return;
        }
    }
  args->modseq |= item.kind == GPO_FETCH_MODSEQ;
  g_array_append_val (args->items, item);
}

static void
add_kind (GpoFetchArgs *args, GpoFetchKind kind)
{
  add (args, (GpoFetchItem){ .kind = kind });
}

/* --- sections --- */

static gboolean
header_list (GpoImapParser *parser, GpoFetchItem *item, GString *label)
{
  item->fields = g_ptr_array_new_with_free_func (g_free);
  if (!gpo_imap_space (parser) || !gpo_imap_must (parser, '(', "a list of header fields in parentheses"))
    return FALSE;
  g_string_append (label, " (");
  do
    {
      char *name = NULL;
      if (!gpo_imap_astring (parser, &name, "a header field's name"))
        return FALSE;
      g_ptr_array_add (item->fields, name);
      gboolean plain = *name != '\0';
      for (const char *c = name; *c; c++)
        plain = plain && gpo_imap_is_atom_char (*c) && (guchar) *c < 0x80;
      if (!plain && strpbrk (name, "\r\n\"\\"))
        return gpo_imap_fail (parser, "a header field's name");
      g_string_append_printf (label, plain ? "%s%s" : "%s\"%s\"", item->fields->len > 1 ? " " : "", name);
    }
  while (gpo_imap_skip (parser, ' '));
  g_string_append_c (label, ')');
  return gpo_imap_must (parser, ')', "a space or \")\"");
}

static gboolean
section_text (GpoImapParser *parser, GpoFetchItem *item, GString *label)
{
  static const struct
  {
    const char *word;
    GpoSectionText text;
  } words[] = {
    { "HEADER.FIELDS.NOT", GPO_SECTION_FIELDS_NOT },
    { "HEADER.FIELDS", GPO_SECTION_FIELDS },
    { "HEADER", GPO_SECTION_HEADER },
    { "TEXT", GPO_SECTION_TEXT },
    { "MIME", GPO_SECTION_MIME },
  };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (words[i].text == GPO_SECTION_MIME && item->n_numbers == 0)
        break;
      if (!gpo_imap_word (parser, words[i].word))
        continue;
      item->text = words[i].text;
      g_string_append (label, words[i].word);
      return i > 1 || header_list (parser, item, label);
    }
  return gpo_imap_fail (parser, item->n_numbers ? "a part's number, HEADER, HEADER.FIELDS, TEXT or MIME"
                                                : "\"]\", a part's number, HEADER, HEADER.FIELDS or TEXT");
}

static gboolean
section (GpoImapParser *parser, GpoFetchItem *item, GString *label)
{
  gboolean dot = TRUE;
  while (dot && g_ascii_isdigit (gpo_imap_peek (parser)))
    {
      if (item->n_numbers == GPO_SECTION_DEPTH || gpo_imap_peek (parser) == '0')
        return gpo_imap_fail (parser, "a part's number from 1 on, at most 32 deep");
      guint32 number = 0;
      if (!gpo_imap_number (parser, &number, "a part's number"))
        return FALSE;
      g_string_append_printf (label, item->n_numbers ? ".%u" : "%u", number);
      item->numbers[item->n_numbers++] = number;
      dot = gpo_imap_skip (parser, '.');
    }
  if (item->n_numbers ? dot : gpo_imap_peek (parser) != ']')
    {
      if (item->n_numbers)
        g_string_append_c (label, '.');
      if (!section_text (parser, item, label))
        return FALSE;
    }
  g_string_append_c (label, ']');
  return gpo_imap_must (parser, ']', "\"]\"");
}

static gboolean
partial (GpoImapParser *parser, GpoFetchItem *item, GString *label)
{
  if (!gpo_imap_skip (parser, '<'))
    return TRUE;
  item->partial = TRUE;
  if (!gpo_imap_number (parser, &item->offset, "the first byte's number")
      || !gpo_imap_must (parser, '.', "\".\" and a number of bytes"))
    return FALSE;
  if (gpo_imap_peek (parser) == '0')
    return gpo_imap_fail (parser, "a number of bytes from 1 on");
  g_string_append_printf (label, "<%u>", item->offset);
  return gpo_imap_number (parser, &item->count, "a number of bytes") && gpo_imap_must (parser, '>', "\">\"");
}

/* Behind "BODY[" or "BODY.PEEK[". */
static gboolean
body_section (GpoImapParser *parser, GpoFetchArgs *args, gboolean seen)
{
  GpoFetchItem item = { .kind = GPO_FETCH_SECTION, .seen = seen };
  g_autoptr (GString) label = g_string_new ("BODY[");
  if (!section (parser, &item, label) || !partial (parser, &item, label))
    {
      item_clear (&item);
      return FALSE;
    }
  item.label = g_string_free (g_steal_pointer (&label), FALSE);
  add (args, item);
  return TRUE;
}

static void
add_rfc822 (GpoFetchArgs *args, const char *label, GpoSectionText text, gboolean seen)
{
  add (args,
       (GpoFetchItem){ .kind = GPO_FETCH_SECTION, .text = text, .seen = seen, .label = g_strdup (label) });
}

/* --- items --- */

static const struct
{
  const char *word;
  GpoFetchKind kind;
} plain_items[] = {
  { "UID", GPO_FETCH_UID },
  { "FLAGS", GPO_FETCH_FLAGS },
  { "INTERNALDATE", GPO_FETCH_INTERNALDATE },
  { "RFC822.SIZE", GPO_FETCH_SIZE },
  { "ENVELOPE", GPO_FETCH_ENVELOPE },
  { "BODYSTRUCTURE", GPO_FETCH_BODYSTRUCTURE },
  { "MODSEQ", GPO_FETCH_MODSEQ },
};

/* Takes a word even if "[" (an atom character) follows. */
static gboolean
before_bracket (GpoImapParser *parser, const char *word)
{
  gsize n = strlen (word);
  if (parser->length - parser->at < n || g_ascii_strncasecmp (parser->text + parser->at, word, n) != 0)
    return FALSE;
  parser->at += n;
  return TRUE;
}

static gboolean
fetch_att (GpoImapParser *parser, GpoFetchArgs *args)
{
  for (guint i = 0; i < G_N_ELEMENTS (plain_items); i++)
    if (gpo_imap_word (parser, plain_items[i].word))
      {
        add_kind (args, plain_items[i].kind);
        return TRUE;
      }
  if (before_bracket (parser, "BODY.PEEK["))
    return body_section (parser, args, FALSE);
  if (before_bracket (parser, "BODY["))
    return body_section (parser, args, TRUE);
  if (gpo_imap_word (parser, "BODY"))
    add_kind (args, GPO_FETCH_BODY);
  else if (gpo_imap_word (parser, "RFC822.HEADER"))
    add_rfc822 (args, "RFC822.HEADER", GPO_SECTION_HEADER, FALSE);
  else if (gpo_imap_word (parser, "RFC822.TEXT"))
    add_rfc822 (args, "RFC822.TEXT", GPO_SECTION_TEXT, TRUE);
  else if (gpo_imap_word (parser, "RFC822"))
    add_rfc822 (args, "RFC822", GPO_SECTION_ALL, TRUE);
  else
    return gpo_imap_fail (parser, "a FETCH item: UID, FLAGS, ENVELOPE, BODY[…] …");
  return TRUE;
}

static gboolean
macro (GpoImapParser *parser, GpoFetchArgs *args)
{
  guint n = gpo_imap_word (parser, "FAST")   ? 3
            : gpo_imap_word (parser, "ALL")  ? 4
            : gpo_imap_word (parser, "FULL") ? 5
                                             : 0;
  static const GpoFetchKind kinds[]
      = { GPO_FETCH_FLAGS, GPO_FETCH_INTERNALDATE, GPO_FETCH_SIZE, GPO_FETCH_ENVELOPE, GPO_FETCH_BODY };
  for (guint i = 0; i < n; i++)
    add_kind (args, kinds[i]);
  return n > 0;
}

gboolean
gpo_imap_fetch_args (GpoImapParser *parser, gboolean uid, GpoFetchArgs *args)
{
  *args = (GpoFetchArgs){ .items = g_array_new (FALSE, FALSE, sizeof (GpoFetchItem)) };
  g_array_set_clear_func (args->items, item_clear);
  if (uid)
    add_kind (args, GPO_FETCH_UID);
  if (!macro (parser, args))
    {
      gboolean list = gpo_imap_skip (parser, '(');
      do
        if (!fetch_att (parser, args))
          return FALSE;
      while (list && gpo_imap_skip (parser, ' '));
      if (list && !gpo_imap_must (parser, ')', "a space or \")\""))
        return FALSE;
    }
  if (!gpo_imap_changed_since (parser, args) || !gpo_imap_at_end (parser))
    return FALSE;
  if (args->changed_since)
    add_kind (args, GPO_FETCH_MODSEQ); /* RFC 7162 §3.1.4.1 */
  return TRUE;
}
