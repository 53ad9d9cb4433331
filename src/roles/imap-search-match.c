/* SPDX-License-Identifier: MIT */
/* imap-search-match.c: whether a letter is what SEARCH looks for: RFC 3501 §6.4.4.
 *
 * A key is asked with what is at hand: the table of letters first, then the header the mailbox keeps, then
 * the letter. Where that is not enough the answer says what is missing, so that nothing is read in vain.
 *
 * Text is compared without regard to case, after the encodings of MIME are undone. Plain ASCII, which is most
 * mail, is compared where it lies. */
#include "roles/imap-private.h"
#include "letter/date.h"
#include "letter/mime.h"
#include "letter/structure.h"
#include <string.h>

/* --- comparing text --- */

/* Eight bytes at a time: this is asked of every letter. */
static gboolean
is_ascii (const char *bytes, gsize length)
{
  guint64 high = 0, word;
  gsize i = 0;
  for (; i + sizeof word <= length; i += sizeof word)
    {
      memcpy (&word, bytes + i, sizeof word);
      high |= word;
    }
  for (; i < length; i++)
    high |= (guchar) bytes[i];
  return (high & G_GUINT64_CONSTANT (0x8080808080808080)) == 0;
}

static gboolean
matches_at (const char *bytes, const char *needle, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (g_ascii_tolower (bytes[i]) != needle[i])
      return FALSE;
  return TRUE;
}

/* Sixteen places at a time: those where the needle's first and last byte stand are looked at. GCC's vectors,
 * so that each machine has its own instructions. */
typedef guint8 Bytes16 __attribute__ ((vector_size (16)));

/* 0x20 in every byte where upper and lower case are the same: a letter. */
static Bytes16
case_bit (char c)
{
  return (Bytes16){ 0 } + (guint8) (g_ascii_isalpha (c) ? 0x20 : 0);
}

/* `needle` is lower case ASCII. */
static gboolean
find_ascii (const char *bytes, gsize length, const char *needle, gsize n)
{
  if (n > length)
    return FALSE;
  const Bytes16 first = (Bytes16){ 0 } + (guint8) needle[0], last = (Bytes16){ 0 } + (guint8) needle[n - 1];
  const Bytes16 first_case = case_bit (needle[0]), last_case = case_bit (needle[n - 1]);
  gsize places = length - n + 1, at = 0;
  for (; at + sizeof (Bytes16) <= places; at += sizeof (Bytes16))
    {
      Bytes16 a, b;
      guint64 any[2];
      memcpy (&a, bytes + at, sizeof a);
      memcpy (&b, bytes + at + n - 1, sizeof b);
      Bytes16 both = (Bytes16) ((a | first_case) == first) & (Bytes16) ((b | last_case) == last);
      memcpy (any, &both, sizeof any);
      if (G_LIKELY ((any[0] | any[1]) == 0))
        continue;
      for (gsize i = 0; i < sizeof (Bytes16); i++)
        if (both[i] && matches_at (bytes + at + i, needle, n))
          return TRUE;
    }
  for (; at < places; at++)
    if (matches_at (bytes + at, needle, n))
      return TRUE;
  return FALSE;
}

gboolean
gpo_imap_contains (const char *bytes, gsize length, const char *folded)
{
  gsize n = strlen (folded);
  if (n == 0)
    return TRUE;
  if (is_ascii (folded, n))
    {
      if (find_ascii (bytes, length, folded, n))
        return TRUE;
      if (is_ascii (bytes, length))
        return FALSE; /* beyond ASCII a letter may still fold to one of the needle's */
    }
  g_autofree char *own = gpo_imap_fold (bytes, (gssize) length);
  return strstr (own, folded) != NULL;
}

/* A field's value as people read it: decoded only if there is something to decode, unfolded only if it is
 * folded. */
static gboolean
value_contains (const char *value, gsize length, const char *folded)
{
  if (memmem (value, length, "=?", 2) || !is_ascii (value, length))
    {
      g_autofree char *text = gpo_header_decode (value, length);
      return gpo_imap_contains (text, strlen (text), folded);
    }
  if (!memchr (value, '\n', length))
    return gpo_imap_contains (value, length, folded);
  g_autofree char *text = g_malloc (length);
  gsize n = 0;
  for (gsize i = 0; i < length; i++)
    if (value[i] != '\r' && value[i] != '\n')
      text[n++] = value[i];
  return gpo_imap_contains (text, n, folded);
}

/* The envelope's addresses, where a comment stands within or beside one: "bob (at work) @sparta.example". */
static gboolean
addresses_contain (const char *value, gsize length, const char *folded)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  if (!memchr (value, '(', length))
    return FALSE;
  gpo_addresses_plain_append (plain, value, length);
  return value_contains (plain->str, plain->len, folded);
}

static gboolean
names_addresses (const char *field)
{
  static const char *const fields[] = { "from", "to", "cc", "bcc" };
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_ascii_strcasecmp (field, fields[i]) == 0)
      return TRUE;
  return FALSE;
}

/* HEADER: any field of this name; with "" one that is there. */
static gboolean
header_matches (const char *bytes, GpoSpan header, const char *name, const char *folded)
{
  gsize at = header.start, n = strlen (name);
  GpoHeaderField field;
  while (gpo_header_next (bytes, GPO_SPAN_END (header), &at, &field))
    if (field.name.length == n && g_ascii_strncasecmp (bytes + field.name.start, name, n) == 0)
      {
        GpoSpan value = gpo_span_trim (bytes, field.value);
        if (value_contains (bytes + value.start, value.length, folded)
            || (names_addresses (name) && addresses_contain (bytes + value.start, value.length, folded)))
          return TRUE;
      }
  return FALSE;
}

static gboolean
any_header_matches (const char *bytes, GpoSpan header, const char *folded)
{
  gsize at = header.start;
  GpoHeaderField field;
  if (gpo_imap_contains (bytes + header.start, header.length, folded))
    return TRUE;
  while (gpo_header_next (bytes, GPO_SPAN_END (header), &at, &field))
    {
      const char *value = bytes + field.value.start;
      if ((memmem (value, field.value.length, "=?", 2) || memchr (value, '\n', field.value.length))
          && value_contains (value, field.value.length, folded))
        return TRUE;
    }
  return FALSE;
}

/* --- bodies --- */

static gboolean
is_plain_encoding (const char *bytes, GpoSpan encoding)
{
  return encoding.length == 0 || (encoding.length == 4 && strchr ("78", bytes[encoding.start]))
         || (encoding.length == 6 && g_ascii_strncasecmp (bytes + encoding.start, "binary", 6) == 0);
}

static gboolean
part_matches (const GpoAnatomy *anatomy, const GpoPart *part, const char *folded)
{
  const char *body = anatomy->bytes + part->body.start;
  if (is_plain_encoding (anatomy->bytes, part->encoding) && is_ascii (body, part->body.length))
    return gpo_imap_contains (body, part->body.length, folded);
  gsize length;
  g_autofree char *text = gpo_part_text (anatomy, part, &length);
  return gpo_imap_contains (text, length, folded);
}

static gboolean
body_matches (const GpoAnatomy *anatomy, const char *folded, gboolean headers)
{
  for (guint i = 0; i < anatomy->n_parts; i++)
    {
      const GpoPart *part = &anatomy->parts[i];
      if ((headers || i > 0) && any_header_matches (anatomy->bytes, part->header, folded))
        return TRUE;
      gboolean text = part->kind == GPO_PART_LEAF
                          ? part->type.length == 0 || gpo_part_is (anatomy, part, "text", NULL)
                          : part->n_children == 0;
      if (text && part_matches (anatomy, part, folded))
        return TRUE;
    }
  return FALSE;
}

/* Whether the letter's bytes alone say NO: plain ASCII without the needle, with nothing in it that is
 * encoded, and no line joined to the one before it (a folded field) where the needle has a blank. Most
 * letters are so. */
static gboolean
plainly_not (const char *letter, gsize length, const char *folded)
{
  gsize n = strlen (folded);
  if (n == 0 || !is_ascii (folded, n) || find_ascii (letter, length, folded, n))
    return FALSE;
  if (strpbrk (folded, " \t")
      && (find_ascii (letter, length, "\n ", 2) || find_ascii (letter, length, "\n\t", 2)))
    return FALSE;
  return is_ascii (letter, length) && !find_ascii (letter, length, "=?", 2)
         && !find_ascii (letter, length, "transfer-encoding", 17);
}

static GpoMatch
yes (gboolean is)
{
  return is ? GPO_MATCH_YES : GPO_MATCH_NO;
}

static GpoMatch
text_key (const GpoSearchKey *key, GBytes *bytes)
{
  gsize length;
  if (!bytes)
    return GPO_MATCH_BYTES;
  const char *letter = g_bytes_get_data (bytes, &length);
  if (plainly_not (letter ? letter : "", length, key->text))
    return GPO_MATCH_NO;
  g_auto (GpoAnatomy) anatomy;
  gpo_anatomy_init (&anatomy, letter ? letter : "", length);
  return yes (body_matches (&anatomy, key->text, key->kind == GPO_SEARCH_TEXT));
}

/* --- keys that need the header --- */

static gint64
day_of (gint64 seconds)
{
  return seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
}

static gboolean
compare_day (const GpoSearchKey *key, gint64 day)
{
  return key->compare == GPO_DAY_BEFORE ? day < key->day
         : key->compare == GPO_DAY_ON   ? day == key->day
                                        : day >= key->day;
}

/* The date as it is written, without regard to its zone (RFC 3501 §6.4.4). */
static gboolean
sent_matches (const GpoSearchKey *key, const char *bytes, GpoSpan header)
{
  GpoHeaderField field;
  gint64 when;
  int offset;
  if (!gpo_header_find (bytes, header, "Date", &field))
    return FALSE;
  GpoSpan value = gpo_span_trim (bytes, field.value);
  if (!gpo_date_parse (bytes + value.start, value.length, &when, &offset))
    return FALSE;
  return compare_day (key, day_of (when / G_USEC_PER_SEC + offset * 60));
}

static GpoMatch
header_key (const GpoSearchKey *key, GpoView *view, guint32 number, GBytes *bytes)
{
  GpoLetterInfo info = { NULL };
  const char *text = NULL;
  GpoSpan header = { 0, 0 };
  if (bytes)
    {
      gsize length;
      text = g_bytes_get_data (bytes, &length);
      header = gpo_header_span (text ? text : "", length);
    }
  else if (!gpo_mailbox_info (view->mailbox, view->slots[number - 1], &info))
    return GPO_MATCH_INFO;
  else if (!info.header)
    return GPO_MATCH_BYTES;
  else
    {
      text = info.header;
      header.length = info.header_length;
    }
  if (key->kind == GPO_SEARCH_SENT)
    return yes (sent_matches (key, text, header));
  return yes (header_matches (text, header, key->name, key->text));
}

/* --- keys that the table answers --- */

static gboolean
keyword_matches (const GpoSearchKey *key, GpoView *view, const GpoMessage *message)
{
  guint32 bit = gpo_mailbox_keyword (view->mailbox, key->name, FALSE);
  return bit && message->flags & bit;
}

static GpoMatch
date_key (const GpoSearchKey *key, gint64 date, gint64 now)
{
  if (date == GPO_DATE_UNKNOWN)
    return GPO_MATCH_DATE;
  return yes (key->kind == GPO_SEARCH_INTERNAL ? compare_day (key, day_of (date)) : gpo_imap_within (key, date, now));
}

static GpoMatch
table_key (const GpoSearchKey *key, GpoView *view, guint32 number, gint64 now)
{
  const GpoMessage *message = gpo_view_message (view, number);
  switch (key->kind)
    {
    case GPO_SEARCH_FLAG:
      return yes (message->flags & key->flag);
    case GPO_SEARCH_KEYWORD:
      return yes (keyword_matches (key, view, message));
    case GPO_SEARCH_RECENT:
      return yes (gpo_view_is_recent (view, message->uid));
    case GPO_SEARCH_NUMBERS:
      return yes (gpo_imap_set_has (&key->set, number));
    case GPO_SEARCH_UIDS:
      return yes (gpo_imap_set_has (&key->set, message->uid));
    case GPO_SEARCH_INTERNAL:
    case GPO_SEARCH_YOUNGER:
    case GPO_SEARCH_OLDER:
      return date_key (key, message->date, now);
    case GPO_SEARCH_LARGER:
      return yes (message->size > key->number);
    case GPO_SEARCH_SMALLER:
      return yes (message->size < key->number);
    case GPO_SEARCH_MODSEQ:
      return yes (message->modseq >= key->number);
    default:
      return GPO_MATCH_YES;
    }
}

/* --- joining --- */

/* AND: a NO of either side is enough. OR is the same upside down. */
static GpoMatch
join (const GpoSearchKey *key, GpoView *view, guint32 number, GBytes *bytes, gint64 now)
{
  GpoMatch decides = key->kind == GPO_SEARCH_AND ? GPO_MATCH_NO : GPO_MATCH_YES;
  GpoMatch first = gpo_imap_match (key->first, view, number, bytes, now);
  if (first == decides)
    return first;
  /* A key that needs the letter is asked last: first the other side, with what is at hand. */
  GpoMatch second = gpo_imap_match (key->second, view, number, bytes, now);
  if (second == decides || first == GPO_MATCH_YES || first == GPO_MATCH_NO)
    return second;
  return second == GPO_MATCH_YES || second == GPO_MATCH_NO ? first : MIN (first, second);
}

GpoMatch
gpo_imap_match (const GpoSearchKey *key, GpoView *view, guint32 number, GBytes *bytes, gint64 now)
{
  switch (key->kind)
    {
    case GPO_SEARCH_AND:
    case GPO_SEARCH_OR:
      return join (key, view, number, bytes, now);
    case GPO_SEARCH_NOT:
      {
        GpoMatch match = gpo_imap_match (key->first, view, number, bytes, now);
        return match == GPO_MATCH_YES ? GPO_MATCH_NO : match == GPO_MATCH_NO ? GPO_MATCH_YES : match;
      }
    case GPO_SEARCH_HEADER:
    case GPO_SEARCH_SENT:
      return header_key (key, view, number, bytes);
    case GPO_SEARCH_BODY:
    case GPO_SEARCH_TEXT:
      return text_key (key, bytes);
    default:
      return table_key (key, view, number, now);
    }
}
