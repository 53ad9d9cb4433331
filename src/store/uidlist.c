/* SPDX-License-Identifier: MIT */
/* uidlist.c: reads and writes the lines of a mailbox's list of UIDs; the grammar is in the header. */
#include "store/uidlist.h"
#include <string.h>

#define HEAD "glasspost-uidlist 1 "

/* --- marks --- */

static const struct
{
  char mark;
  guint32 flag;
} system_marks[] = { { 'D', GPO_FLAG_DRAFT },    { 'F', GPO_FLAG_FLAGGED }, { 'P', 0 },
                     { 'R', GPO_FLAG_ANSWERED }, { 'S', GPO_FLAG_SEEN },    { 'T', GPO_FLAG_DELETED } };

guint
gpo_flags_to_marks (guint32 flags, gboolean passed, char *marks)
{
  guint n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (system_marks); i++)
    if (system_marks[i].flag ? (flags & system_marks[i].flag) != 0 : passed)
      marks[n++] = system_marks[i].mark;
  if (flags >= GPO_FLAG_KEYWORD (0))
    for (guint i = 0; i < GPO_KEYWORDS_MAX; i++)
      if (flags & GPO_FLAG_KEYWORD (i))
        marks[n++] = (char) ('a' + i);
  marks[n] = '\0';
  return n;
}

guint32
gpo_flags_from_marks (const char *marks, gsize length, gboolean *passed)
{
  guint32 flags = 0;
  for (gsize i = 0; i < length; i++)
    switch (marks[i])
      {
      case 'D':
        flags |= GPO_FLAG_DRAFT;
        break;
      case 'F':
        flags |= GPO_FLAG_FLAGGED;
        break;
      case 'R':
        flags |= GPO_FLAG_ANSWERED;
        break;
      case 'S':
        flags |= GPO_FLAG_SEEN;
        break;
      case 'T':
        flags |= GPO_FLAG_DELETED;
        break;
      case 'P':
        if (passed)
          *passed = TRUE;
        break;
      default:
        if (g_ascii_islower (marks[i]))
          flags |= GPO_FLAG_KEYWORD (marks[i] - 'a');
      }
  return flags;
}

gboolean
gpo_uidlist_keyword_is_safe (const char *name, gsize length)
{
  if (length == 0 || length > 200)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (name[i] <= ' ' || name[i] == 0x7f || strchr ("(){%*\"\\]", name[i]))
      return FALSE;
  return TRUE;
}

/* --- reading --- */

typedef struct
{
  const char *at, *end; /* end: the LF */
  gboolean bad;
} Line;

/* " " number, at most `most`. */
static guint64
take_number (Line *line, guint64 most)
{
  guint64 n = 0;
  const char *p = line->at;
  if (line->bad || p == line->end || *p++ != ' ' || p == line->end)
    {
      line->bad = TRUE;
      return 0;
    }
  for (; p < line->end && *p != ' '; p++)
    {
      guint digit = (guint) (guchar) *p - '0';
      if (digit > 9 || n > (most - digit) / 10)
        {
          line->bad = TRUE;
          return 0;
        }
      n = n * 10 + digit;
    }
  line->at = p;
  return n;
}

static guint32
take_uid (Line *line)
{
  guint32 uid = (guint32) take_number (line, G_MAXUINT32 - 1);
  line->bad |= uid == 0;
  return uid;
}

/* " " text up to the next space. */
static const char *
take_word (Line *line, gsize *length)
{
  const char *start = line->at + 1;
  *length = 0;
  if (line->bad || line->at == line->end || *line->at != ' ')
    {
      line->bad = TRUE;
      return NULL;
    }
  const char *space = memchr (start, ' ', (gsize) (line->end - start));
  line->at = space ? space : line->end;
  *length = (gsize) (line->at - start);
  line->bad |= *length == 0 || memchr (start, '\0', *length) != NULL;
  return start;
}

static guint32
take_marks (Line *line)
{
  gsize length;
  const char *marks = take_word (line, &length);
  for (gsize i = 0; i < length && !line->bad; i++)
    line->bad = !(strchr ("DFRST", marks[i]) || g_ascii_islower (marks[i]) || (length == 1 && *marks == '.'));
  return line->bad ? 0 : gpo_flags_from_marks (marks, length, NULL);
}

static gboolean
is_over (Line *line)
{
  return !line->bad && line->at == line->end;
}

/* " " date */
static gint64
take_date (Line *line)
{
  if (!line->bad && line->end - line->at >= 2 && line->at[0] == ' ' && line->at[1] == '?')
    {
      line->at += 2;
      return GPO_DATE_UNKNOWN;
    }
  return (gint64) take_number (line, G_MAXINT64);
}

static gboolean
read_letter (GpoUidlist *list, Line *line)
{
  gsize length;
  GpoUidEntry entry = { .uid = take_uid (line) };
  entry.modseq = take_number (line, G_MAXINT64);
  entry.date = take_date (line);
  entry.size = (guint32) take_number (line, G_MAXUINT32);
  entry.flags = take_marks (line);
  entry.base = take_word (line, &length);
  entry.base_length = (guint32) length;
  /* The last UID of all is not given: UIDNEXT, one above it, must be one that can be written. */
  if (!is_over (line) || entry.uid < list->uidnext || entry.uid == G_MAXUINT32 - 1 || *entry.base == '.'
      || memchr (entry.base, '/', length))
    return FALSE;
  g_array_append_val (list->entries, entry);
  list->uidnext = entry.uid + 1;
  list->modseq = MAX (list->modseq, entry.modseq);
  return TRUE;
}

static guint
find (GpoUidlist *list, guint32 uid)
{
  guint low = 0, high = list->entries->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (g_array_index (list->entries, GpoUidEntry, middle).uid < uid)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gboolean
read_change (GpoUidlist *list, Line *line, char kind)
{
  guint32 first = take_uid (line), last = take_uid (line);
  guint64 modseq = take_number (line, G_MAXINT64);
  guint32 flags = kind == 'f' ? take_marks (line) : 0;
  if (!is_over (line) || last < first)
    return FALSE;
  for (guint i = find (list, first); i < list->entries->len; i++)
    {
      GpoUidEntry *entry = &g_array_index (list->entries, GpoUidEntry, i);
      if (entry->uid > last)
        break;
      if (entry->flags & GPO_FLAG_EXPUNGED)
        continue;
      entry->flags = kind == 'f' ? flags : entry->flags | GPO_FLAG_EXPUNGED;
      entry->line = kind != '-' ? list->lines : 0;
      entry->modseq = modseq;
    }
  list->modseq = MAX (list->modseq, modseq);
  return TRUE;
}

static gboolean
read_date (GpoUidlist *list, Line *line)
{
  guint32 uid = take_uid (line);
  gint64 date = (gint64) take_number (line, G_MAXINT64);
  guint i = find (list, uid);
  if (!is_over (line))
    return FALSE;
  if (i < list->entries->len && g_array_index (list->entries, GpoUidEntry, i).uid == uid)
    g_array_index (list->entries, GpoUidEntry, i).date = date;
  return TRUE;
}

static gboolean
read_next (GpoUidlist *list, Line *line)
{
  guint32 uidnext = take_uid (line), first_recent = take_uid (line);
  guint64 modseq = take_number (line, G_MAXINT64);
  if (!is_over (line))
    return FALSE;
  list->uidnext = MAX (list->uidnext, uidnext);
  list->first_recent = MAX (list->first_recent, first_recent);
  list->modseq = MAX (list->modseq, modseq);
  return TRUE;
}

/* Keywords come in the order of their letters; one whose line was lost keeps its letter under another name.
 */
static gboolean
read_keyword (GpoUidlist *list, Line *line)
{
  gsize mark_length, length;
  const char *mark = take_word (line, &mark_length), *name = take_word (line, &length);
  if (!is_over (line) || mark_length != 1 || !g_ascii_islower (*mark)
      || (guint) (*mark - 'a') < list->n_keywords || !gpo_uidlist_keyword_is_safe (name, length))
    return FALSE;
  while (list->n_keywords < (guint) (*mark - 'a'))
    {
      list->keywords[list->n_keywords] = g_strdup_printf ("Keyword-%c", 'a' + list->n_keywords);
      list->n_keywords++;
    }
  list->keywords[list->n_keywords++] = g_strndup (name, length);
  return TRUE;
}

static gboolean
read_line (GpoUidlist *list, const char *text, const char *end, guint *settled)
{
  Line line = { text + 1, end, FALSE };
  if (text == end)
    return FALSE;
  switch (*text)
    {
    case '+':
      return read_letter (list, &line);
    case 'f':
    case '-':
    case 'x':
      return read_change (list, &line, *text);
    case 'd':
      return read_date (list, &line);
    case 'n':
      return read_next (list, &line);
    case 'k':
      return read_keyword (list, &line);
    case 's':
      if (is_over (&line))
        *settled = list->lines;
      return is_over (&line);
    default:
      return FALSE;
    }
}

gboolean
gpo_uidlist_read (GpoUidlist *list, const char *text, gsize length)
{
  const char *end = text + length;
  const char *lf = length ? memchr (text, '\n', length) : NULL;
  if (!lf || (gsize) (lf - text) < strlen (HEAD) || memcmp (text, HEAD, strlen (HEAD)) != 0)
    return FALSE;
  Line head = { text + strlen (HEAD) - 1, lf, FALSE };
  *list = (GpoUidlist){ .uidvalidity = take_uid (&head), .uidnext = 1, .first_recent = 1, .modseq = 1 };
  if (!head.bad && head.at < lf)
    list->edition = (guint32) take_number (&head, G_MAXUINT32);
  if (!is_over (&head))
    return FALSE;
  list->entries = g_array_new (FALSE, FALSE, sizeof (GpoUidEntry));
  const char *at = lf + 1;
  guint settled = 0;
  for (; at < end && (lf = memchr (at, '\n', (gsize) (end - at))); at = lf + 1)
    {
      list->lines++;
      list->damaged += !read_line (list, at, lf, &settled);
    }
  for (guint i = 0; i < list->entries->len; i++)
    {
      GpoUidEntry *entry = &g_array_index (list->entries, GpoUidEntry, i);
      entry->unsettled = entry->line > settled;
    }
  list->whole = (gsize) (at - text);
  return TRUE;
}

void
gpo_uidlist_clear (GpoUidlist *list)
{
  for (guint i = 0; i < list->n_keywords; i++)
    g_free (list->keywords[i]);
  g_clear_pointer (&list->entries, g_array_unref);
  list->n_keywords = 0;
}

/* --- writing --- */

/* " " number, written backwards from p. Returns where it begins. */
static char *
put_number (char *p, guint64 number)
{
  do
    *--p = (char) ('0' + number % 10);
  while (number /= 10);
  *--p = ' ';
  return p;
}

static void
append_numbers (GString *out, char kind, const guint64 *numbers, guint n)
{
  char text[4 * 24], *p = text + sizeof text;
  while (n > 0)
    p = put_number (p, numbers[--n]);
  *--p = kind;
  g_string_append_len (out, p, text + sizeof text - p);
}

static void
append_number (GString *out, guint64 number)
{
  char text[24], *p = put_number (text + sizeof text, number);
  g_string_append_len (out, p, text + sizeof text - p);
}

static void
append_marks (GString *out, guint32 flags)
{
  char marks[GPO_MARKS_MAX];
  g_string_append_c (out, ' ');
  g_string_append (out, gpo_flags_to_marks (flags & GPO_FLAGS_ALL, FALSE, marks) ? marks : ".");
}

void
gpo_uidlist_append_head (GString *out, guint32 uidvalidity, guint32 edition)
{
  g_string_append_printf (out, HEAD "%u %u\n", uidvalidity, edition);
}

void
gpo_uidlist_append_letter (GString *out, guint32 uid, guint64 modseq, gint64 date, guint32 size,
                           guint32 flags, const char *base)
{
  guint64 numbers[] = { uid, modseq, (guint64) MAX (date, 0), size };
  if (date != GPO_DATE_UNKNOWN)
    append_numbers (out, '+', numbers, 4);
  else
    {
      append_numbers (out, '+', numbers, 2);
      g_string_append_len (out, " ?", 2);
      append_number (out, size);
    }
  append_marks (out, flags);
  g_string_append_c (out, ' ');
  g_string_append (out, base);
  g_string_append_c (out, '\n');
}

void
gpo_uidlist_append_flags (GString *out, guint32 first, guint32 last, guint64 modseq, guint32 flags)
{
  guint64 numbers[] = { first, last, modseq };
  append_numbers (out, 'f', numbers, 3);
  append_marks (out, flags);
  g_string_append_c (out, '\n');
}

void
gpo_uidlist_append_gone (GString *out, guint32 first, guint32 last, guint64 modseq, gboolean unlink)
{
  guint64 numbers[] = { first, last, modseq };
  append_numbers (out, unlink ? 'x' : '-', numbers, 3);
  g_string_append_c (out, '\n');
}

void
gpo_uidlist_append_date (GString *out, guint32 uid, gint64 date)
{
  guint64 numbers[] = { uid, (guint64) MAX (date, 0) };
  append_numbers (out, 'd', numbers, 2);
  g_string_append_c (out, '\n');
}

void
gpo_uidlist_append_next (GString *out, guint32 uidnext, guint32 first_recent, guint64 modseq)
{
  guint64 numbers[] = { uidnext, first_recent, modseq };
  append_numbers (out, 'n', numbers, 3);
  g_string_append_c (out, '\n');
}

void
gpo_uidlist_append_keyword (GString *out, guint index, const char *name)
{
  g_string_append_printf (out, "k %c %s\n", 'a' + index, name);
}

void
gpo_uidlist_append_settled (GString *out)
{
  g_string_append (out, "s\n");
}
