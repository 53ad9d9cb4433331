/* SPDX-License-Identifier: MIT */
/* filter.c: whether an event passes.
 *
 * Two rules carry the language. A comparison with a value the event does not have is false, whatever
 * the operator: `code != 250` finds events with another code, `not code = 250` also those with none.
 * And texts are compared without regard to ASCII case, which is right for verbs, hosts and domains
 * (RFC 5321 §2.4); a regular expression tells cases apart. */
#include "trace/filter.h"
#include <stdlib.h>
#include <string.h>
#include "trace/filter-internal.h"

#define STACK_VALUE 4096

typedef struct
{
  guint64 n;
  const GpoEvent *event;
  GpoLog *log; /* may be NULL */
} Subject;

/* --- texts --- */

static inline gboolean
same (const char *a, const char *b, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (a[i] != b[i] && g_ascii_tolower (a[i]) != g_ascii_tolower (b[i]))
      return FALSE;
  return TRUE;
}

static gboolean
contains (const char *text, gsize length, const char *part, gsize part_length)
{
  if (part_length == 0)
    return TRUE;
  char lower = g_ascii_tolower (*part), upper = g_ascii_toupper (*part);
  for (gsize i = 0; i + part_length <= length; i++)
    if ((text[i] == lower || text[i] == upper) && same (text + i, part, part_length))
      return TRUE;
  return FALSE;
}

static int
order (const char *a, gsize a_length, const char *b, gsize b_length)
{
  for (gsize i = 0; i < MIN (a_length, b_length); i++)
    {
      int difference = (guchar) g_ascii_tolower (a[i]) - (guchar) g_ascii_tolower (b[i]);
      if (difference)
        return difference;
    }
  return a_length < b_length ? -1 : a_length > b_length;
}

static gboolean
decide (GpoOp op, int order)
{
  switch (op)
    {
    case GPO_OP_EQ:
      return order == 0;
    case GPO_OP_NE:
      return order != 0;
    case GPO_OP_LT:
      return order < 0;
    case GPO_OP_LE:
      return order <= 0;
    case GPO_OP_GT:
      return order > 0;
    case GPO_OP_GE:
      return order >= 0;
    default:
      return FALSE;
    }
}

/* A text of digits is put in order as a number where the filter has a number. */
static gboolean
as_number (const char *text, gsize length, gint64 *number)
{
  gint64 value = 0;
  if (length == 0 || length > 18)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      value = value * 10 + (text[i] - '0');
    }
  *number = value;
  return TRUE;
}

static gboolean
compare_text (const GpoFilterNode *node, const char *text, gsize length)
{
  gint64 number;
  switch (node->op)
    {
    case GPO_OP_EQ:
      return length == node->length && same (text, node->text, length);
    case GPO_OP_NE:
      return length != node->length || !same (text, node->text, length);
    case GPO_OP_LIKE:
    case GPO_OP_UNLIKE:
      {
        gboolean found = node->regex
                             ? g_regex_match_full (node->regex, text, (gssize) length, 0, 0, NULL, NULL)
                             : contains (text, length, node->text, node->length);
        return found == (node->op == GPO_OP_LIKE);
      }
    default:
      if (node->is_number && as_number (text, length, &number))
        return decide (node->op, (number > node->number) - (number < node->number));
      return decide (node->op, order (text, length, node->text, node->length));
    }
}

static gboolean
compare_number (const GpoFilterNode *node, gint64 number)
{
  if (node->is_number && node->op < GPO_OP_LIKE)
    return decide (node->op, (number > node->number) - (number < node->number));
  if (node->op < GPO_OP_LIKE)
    return node->op == GPO_OP_NE;
  char digits[32];
  int length = g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, number);
  return compare_text (node, digits, (gsize) length);
}

/* --- header fields: RFC 5322 §2.2 --- */

/* Steps over one field, folded lines included. Returns its end; *name_end is where the colon stands. */
static gsize
step_field (const char *header, gsize length, gsize at, gsize *name_end)
{
  *name_end = 0;
  for (gsize i = at; i < length; i++)
    {
      if (header[i] == ':' && !*name_end)
        *name_end = i;
      if (header[i] == '\n' && (i + 1 >= length || (header[i + 1] != ' ' && header[i + 1] != '\t')))
        return i + 1;
    }
  return length;
}

/* Finds the next field of that name; its raw value, folds and all, is from *start to *end. */
static gboolean
next_field (const char *header, gsize length, const char *name, gsize *at, gsize *start, gsize *end)
{
  gsize name_length = strlen (name);
  while (*at < length)
    {
      gsize colon, begin = *at;
      *at = step_field (header, length, begin, &colon);
      gsize stop = colon;
      while (stop > begin && (header[stop - 1] == ' ' || header[stop - 1] == '\t'))
        stop--;
      if (!colon || stop - begin != name_length || !same (header + begin, name, name_length))
        continue;
      *start = colon + 1;
      *end = *at;
      while (*start < *end && g_ascii_isspace (header[*start]))
        (*start)++;
      while (*end > *start && g_ascii_isspace (header[*end - 1]))
        (*end)--;
      return TRUE;
    }
  return FALSE;
}

/* Unfolding takes out the line endings and leaves the white space. RFC 5322 §2.2.3. */
static gsize
unfold (const char *value, gsize length, char *out)
{
  gsize n = 0;
  for (gsize i = 0; i < length; i++)
    if (value[i] != '\r' && value[i] != '\n')
      out[n++] = value[i];
  return n;
}

/* True if any field of that name fits; for != and !~ if none fits what they deny. */
static gboolean
compare_header (const GpoFilterNode *node, const GpoEvent *event)
{
  gsize length, at = 0, start, end;
  const char *header = gpo_event_text (event, GPO_FIELD_HEADER, &length);
  gboolean denies = node->op == GPO_OP_NE || node->op == GPO_OP_UNLIKE, found = FALSE;
  while (header && next_field (header, length, node->header, &at, &start, &end))
    {
      char stack[STACK_VALUE];
      g_autofree char *heap = end - start > sizeof stack ? g_malloc (end - start) : NULL;
      char *value = heap ? heap : stack;
      found = TRUE;
      if (compare_text (node, value, unfold (header + start, end - start, value)) != denies)
        return !denies;
    }
  return found && denies;
}

/* --- the tree --- */

static gboolean
compare_field (const GpoFilterNode *node, const Subject *subject)
{
  GpoFieldIter iter;
  if (gpo_event_find (subject->event, node->field, &iter))
    return iter.type <= GPO_VALUE_BOOLEAN ? compare_number (node, iter.number)
                                          : compare_text (node, iter.text, iter.length);
  if (node->field != GPO_FIELD_TEXT || !subject->log || !gpo_event_has (subject->event, GPO_FIELD_HIDDEN))
    return FALSE;
  g_autoptr (GBytes) content = gpo_log_content (subject->log, subject->event);
  gsize length;
  const char *text = content ? g_bytes_get_data (content, &length) : NULL;
  return text && compare_text (node, text, length);
}

static const char *
kind_word (const GpoEvent *event)
{
  const char *word = event->kind == GPO_KIND_UNKNOWN ? gpo_event_text (event, GPO_FIELD_KIND, NULL) : NULL;
  return word ? word : gpo_kind_name (event->kind);
}

/* The protocol of a newer version stands in a field of that name. */
static const char *
protocol_word (const GpoEvent *event)
{
  int field = event->protocol ? -1 : gpo_field_from_name ("protocol");
  const char *word = field >= 0 ? gpo_event_text (event, (GpoField) field, NULL) : NULL;
  return word ? word : gpo_protocol_name (event->protocol);
}

static gboolean
compare_word (const GpoFilterNode *node, const char *word)
{
  return *word && compare_text (node, word, strlen (word));
}

static gboolean
compare (const GpoFilterNode *node, const Subject *subject)
{
  const GpoEvent *event = subject->event;
  switch (node->source)
    {
    case GPO_SOURCE_N:
      return compare_number (node, (gint64) subject->n);
    case GPO_SOURCE_TIME:
      return compare_number (node, event->time);
    case GPO_SOURCE_SESSION:
      return event->session && compare_number (node, event->session);
    case GPO_SOURCE_LETTER:
      return event->letter && compare_number (node, event->letter);
    case GPO_SOURCE_KIND:
      return compare_word (node, kind_word (event));
    case GPO_SOURCE_HOST:
      return compare_word (node, gpo_symbol_name (event->host));
    case GPO_SOURCE_PROTOCOL:
      return compare_word (node, protocol_word (event));
    case GPO_SOURCE_CLASS:
      {
        gint64 code = gpo_event_number (event, GPO_FIELD_CODE, -1);
        return code >= 0 && compare_number (node, code / 100);
      }
    case GPO_SOURCE_HEADER:
      return compare_header (node, event);
    case GPO_SOURCE_FIELD:
      return compare_field (node, subject);
    }
  return FALSE;
}

static gboolean
present (const GpoFilterNode *node, const GpoEvent *event)
{
  gsize length, at = 0, start, end;
  const char *header;
  switch (node->source)
    {
    case GPO_SOURCE_HOST:
      return event->host != 0;
    case GPO_SOURCE_SESSION:
      return event->session != 0;
    case GPO_SOURCE_LETTER:
      return event->letter != 0;
    case GPO_SOURCE_PROTOCOL:
      return *protocol_word (event) != 0;
    case GPO_SOURCE_CLASS:
      return gpo_event_has (event, GPO_FIELD_CODE);
    case GPO_SOURCE_HEADER:
      header = gpo_event_text (event, GPO_FIELD_HEADER, &length);
      return header && next_field (header, length, node->header, &at, &start, &end);
    case GPO_SOURCE_FIELD:
      return gpo_event_has (event, node->field)
             || (node->field == GPO_FIELD_TEXT && gpo_event_has (event, GPO_FIELD_HIDDEN));
    default:
      return TRUE;
    }
}

static gboolean
passes (const GpoFilter *filter, guint index, const Subject *subject)
{
  const GpoFilterNode *node = &g_array_index (filter->nodes, GpoFilterNode, index);
  switch (node->type)
    {
    case GPO_NODE_ALL:
      return TRUE;
    case GPO_NODE_AND:
      return passes (filter, node->left, subject) && passes (filter, node->right, subject);
    case GPO_NODE_OR:
      return passes (filter, node->left, subject) || passes (filter, node->right, subject);
    case GPO_NODE_NOT:
      return !passes (filter, node->left, subject);
    case GPO_NODE_KIND:
      return subject->event->kind == node->number;
    case GPO_NODE_PROTOCOL:
      return subject->event->protocol == node->number;
    case GPO_NODE_PRESENT:
      return present (node, subject->event);
    case GPO_NODE_COMPARE:
      return compare (node, subject);
    }
  return FALSE;
}

gboolean
gpo_filter_node_passes (const GpoFilter *filter, guint node, GpoLog *log, guint64 n, const GpoEvent *event)
{
  return passes (filter, node, &(Subject){ n, event, log });
}

static gboolean
header_values (const char *name, const GpoEvent *event, GString *out)
{
  gsize length, at = 0, start, end, before = out->len;
  const char *header = gpo_event_text (event, GPO_FIELD_HEADER, &length);
  gboolean found = FALSE;
  for (; header && next_field (header, length, name, &at, &start, &end); found = TRUE)
    {
      g_autofree char *value = g_malloc (end - start + 1);
      if (out->len > before)
        g_string_append (out, ", ");
      g_string_append_len (out, value, (gssize) unfold (header + start, end - start, value));
    }
  return found;
}

static gboolean
number_value (GString *out, gint64 number)
{
  g_string_append_printf (out, "%" G_GINT64_FORMAT, number);
  return TRUE;
}

static gboolean
word_value (GString *out, const char *word)
{
  g_string_append (out, word);
  return *word != 0;
}

gboolean
gpo_filter_node_value (const GpoFilterNode *node, guint64 n, const GpoEvent *event, GString *out)
{
  GpoFieldIter iter;
  switch (node->source)
    {
    case GPO_SOURCE_N:
      return number_value (out, (gint64) n);
    case GPO_SOURCE_TIME:
      return number_value (out, event->time);
    case GPO_SOURCE_SESSION:
      return event->session && number_value (out, event->session);
    case GPO_SOURCE_LETTER:
      return event->letter && number_value (out, event->letter);
    case GPO_SOURCE_KIND:
      return word_value (out, kind_word (event));
    case GPO_SOURCE_HOST:
      return word_value (out, gpo_symbol_name (event->host));
    case GPO_SOURCE_PROTOCOL:
      return word_value (out, protocol_word (event));
    case GPO_SOURCE_CLASS:
      return gpo_event_has (event, GPO_FIELD_CODE)
             && number_value (out, gpo_event_number (event, GPO_FIELD_CODE, 0) / 100);
    case GPO_SOURCE_HEADER:
      return header_values (node->header, event, out);
    case GPO_SOURCE_FIELD:
      if (!gpo_event_find (event, node->field, &iter))
        return FALSE;
      if (iter.type <= GPO_VALUE_BOOLEAN)
        return number_value (out, iter.number);
      g_string_append_len (out, iter.text, (gssize) iter.length);
      return TRUE;
    }
  return FALSE;
}

gboolean
gpo_filter_match (const GpoFilter *filter, guint64 n, const GpoEvent *event)
{
  return passes (filter, filter->root, &(Subject){ n, event, NULL });
}

gboolean
gpo_filter_match_at (const GpoFilter *filter, GpoLog *log, guint64 n)
{
  const GpoEvent *event = gpo_log_get (log, n);
  return event && passes (filter, filter->root, &(Subject){ n, event, log });
}
