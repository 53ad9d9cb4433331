/* SPDX-License-Identifier: MIT */
/* filter-parse.c: a filter's text becomes a tree.
 *
 *     filter     = [ any ]
 *     any        = all *( "or" all )
 *     all        = one *( "and" one )
 *     one        = "not" one / "(" any ")" / term
 *     term       = word                        ; a kind, a protocol, or: the event has this field
 *                / name operator value
 *     name       = "n" / "time" / "kind" / "host" / "protocol" / "session" / "letter" / "class"
 *                / "header." field-name / "field." any-name / a field of event.h
 *     operator   = "=" / "!=" / "<" / "<=" / ">" / ">=" / "~" / "!~"
 *     value      = word / quoted / number [ unit ] / "/" regular expression "/" [ "i" ]
 *     unit       = "us" / "ms" / "s" / "min" / "h" / "d"   ; into µs
 *                / "k" / "M"                               ; thousand, million
 *
 * Bare words given to `kind` and `protocol` must be known, so that a slip is found; quoted ones need
 * not, for traces of newer versions. */
#include "trace/filter-internal.h"
#include "wire/nearest.h"

#define MAX_NODES 2000
#define MAX_DEPTH 100

G_DEFINE_QUARK (gpo - filter - error, gpo_filter_error)

typedef struct
{
  const char *text;
  gsize position, wrong;
  GArray *nodes;
  guint depth;
  GError *error;
} Parser;

static GpoToken
peek (Parser *p, gboolean value)
{
  return gpo_filter_token (p->text, p->position, value);
}

static char *
token_text (Parser *p, GpoToken token)
{
  return g_strndup (p->text + token.start, token.end - token.start);
}

/* --- errors: what stands there, what was expected, what was meant --- */

G_GNUC_PRINTF (4, 5) static void fail (Parser *p, gsize where, GpoFilterError code, const char *format, ...)
{
  if (p->error)
    return;
  va_list args;
  va_start (args, format);
  g_autofree char *words = g_strdup_vprintf (format, args);
  va_end (args);
  p->wrong = where;
  p->error = g_error_new (GPO_FILTER_ERROR, code, "filter, column %ld: %s",
                          g_utf8_strlen (p->text, (gssize) where) + 1, words);
}

static void
fail_expected (Parser *p, GpoToken token, const char *expected)
{
  g_autofree char *seen = token_text (p, token);
  if (token.type == GPO_TOKEN_END)
    fail (p, token.start, GPO_FILTER_ERROR_SYNTAX, "the filter ends where %s is expected", expected);
  else if (token.type == GPO_TOKEN_BAD && (*seen == '"' || *seen == '/'))
    fail (p, token.start, GPO_FILTER_ERROR_SYNTAX, "this %c is not closed; add another %c", *seen, *seen);
  else
    fail (p, token.start, GPO_FILTER_ERROR_SYNTAX, "\"%s\" stands where %s is expected", seen, expected);
}

static void
fail_name (Parser *p, GpoToken token, const char *name, gboolean fields_only)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  for (guint i = 0; gpo_filter_head_names[i]; i++)
    g_ptr_array_add (words, (gpointer) gpo_filter_head_names[i]);
  for (guint i = 0; i < GPO_N_FIELDS; i++)
    if (i != GPO_FIELD_KIND && i != GPO_FIELD_HIDDEN)
      g_ptr_array_add (words, (gpointer) gpo_field_name ((GpoField) i));
  for (guint i = 1; i < GPO_N_KINDS && !fields_only; i++)
    g_ptr_array_add (words, (gpointer) gpo_kind_name ((GpoKind) i));
  for (guint i = 1; i < GPO_N_PROTOCOLS && !fields_only; i++)
    g_ptr_array_add (words, (gpointer) gpo_protocol_name ((GpoProtocol) i));
  g_ptr_array_add (words, NULL);
  const char *meant = gpo_nearest_word (name, (const char *const *) words->pdata);
  const char *what = fields_only ? "a field" : "a field, a kind or a protocol";
  if (meant)
    fail (p, token.start, GPO_FILTER_ERROR_NAME, "\"%s\" is not %s; did you mean \"%s\"?", name, what, meant);
  else
    fail (p, token.start, GPO_FILTER_ERROR_NAME, "\"%s\" is not %s", name, what);
}

/* --- values --- */

static void
set_regex (Parser *p, GpoFilterNode *node, GpoToken token)
{
  gboolean caseless = p->text[token.end - 1] == 'i';
  g_autofree char *pattern = g_strndup (p->text + token.start + 1, token.end - token.start - 2 - caseless);
  g_autoptr (GError) error = NULL;
  if (node->op != GPO_OP_LIKE && node->op != GPO_OP_UNLIKE)
    fail (p, token.start, GPO_FILTER_ERROR_VALUE, "a regular expression follows only ~ and !~");
  else if (!(node->regex = g_regex_new (
                 pattern, G_REGEX_RAW | G_REGEX_OPTIMIZE | (caseless ? G_REGEX_CASELESS : 0), 0, &error)))
    fail (p, token.start, GPO_FILTER_ERROR_VALUE, "%s", error->message);
}

static void
check_word (Parser *p, GpoFilterNode *node, GpoToken token)
{
  gboolean like = node->op == GPO_OP_LIKE || node->op == GPO_OP_UNLIKE;
  gboolean kind = node->source == GPO_SOURCE_KIND;
  if (token.type == GPO_TOKEN_QUOTED || like || (!kind && node->source != GPO_SOURCE_PROTOCOL))
    return;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  for (guint i = 0; kind && i < GPO_N_KINDS; i++)
    g_ptr_array_add (words, (gpointer) gpo_kind_name ((GpoKind) i));
  for (guint i = 1; !kind && i < GPO_N_PROTOCOLS; i++)
    g_ptr_array_add (words, (gpointer) gpo_protocol_name ((GpoProtocol) i));
  for (guint i = 0; i < words->len; i++)
    if (g_ascii_strcasecmp (words->pdata[i], node->text) == 0)
      return;
  g_ptr_array_add (words, NULL);
  const char *meant = gpo_nearest_word (node->text, (const char *const *) words->pdata);
  g_autofree char *cure
      = meant ? g_strdup_printf ("did you mean \"%s\"?", meant)
              : g_strdup_printf ("write \"%s\" with its quotes if it is one of a newer version", node->text);
  fail (p, token.start, GPO_FILTER_ERROR_VALUE, "there is no %s \"%s\"; %s", kind ? "kind" : "protocol",
        node->text, cure);
}

static void
read_value (Parser *p, GpoFilterNode *node, const char *name)
{
  GpoToken token = peek (p, TRUE);
  if (token.type == GPO_TOKEN_REGEX)
    set_regex (p, node, token);
  else if (token.type == GPO_TOKEN_QUOTED)
    {
      GString *text = gpo_token_unquote (p->text, token.start, token.end);
      node->length = text->len;
      node->text = g_string_free (text, FALSE);
    }
  else if (token.type == GPO_TOKEN_WORD)
    {
      node->text = token_text (p, token);
      node->length = strlen (node->text);
      gboolean yes = gpo_token_is (p->text, token, "true") || gpo_token_is (p->text, token, "yes");
      gboolean truth = yes || gpo_token_is (p->text, token, "false") || gpo_token_is (p->text, token, "no");
      node->is_number = truth || gpo_token_number (node->text, &node->number);
      if (truth)
        node->number = yes;
    }
  else
    fail_expected (p, token, "a value");
  p->position = token.end;
  if (p->error)
    return;
  gboolean like = node->op == GPO_OP_LIKE || node->op == GPO_OP_UNLIKE;
  if (!like && !node->is_number && gpo_filter_is_number (node->source, node->field))
    fail (p, token.start, GPO_FILTER_ERROR_VALUE, "%s is a number, and \"%s\" is none", name, node->text);
  check_word (p, node, token);
}

/* --- the tree --- */

static guint parse_any (Parser *p);

static guint
add_node (Parser *p, GpoFilterNode node)
{
  if (p->nodes->len >= MAX_NODES)
    fail (p, p->position, GPO_FILTER_ERROR_SYNTAX, "the filter is too long: more than %d words to compare",
          MAX_NODES);
  g_array_append_val (p->nodes, node);
  return p->nodes->len - 1;
}

static GpoOp
read_op (Parser *p, GpoToken token)
{
  const char *s = p->text + token.start;
  gboolean equal = token.end - token.start == 2 && s[1] == '=';
  switch (*s)
    {
    case '<':
      return equal ? GPO_OP_LE : GPO_OP_LT;
    case '>':
      return equal ? GPO_OP_GE : GPO_OP_GT;
    case '~':
      return GPO_OP_LIKE;
    case '!':
      return equal ? GPO_OP_NE : GPO_OP_UNLIKE;
    default:
      return GPO_OP_EQ;
    }
}

static guint
parse_comparison (Parser *p, GpoToken name, const char *word, GpoToken op)
{
  GpoFilterNode node = { .type = GPO_NODE_COMPARE, .op = read_op (p, op) };
  if (!gpo_filter_source (word, &node.source, &node.field, &node.header))
    {
      g_autofree char *lower = g_ascii_strdown (word, -1);
      if (gpo_kind_from_name (lower) > 0)
        fail (p, name.start, GPO_FILTER_ERROR_NAME, "\"%s\" is a kind, not a field; write kind = %s", word,
              lower);
      else if (gpo_protocol_from_name (lower) > 0)
        fail (p, name.start, GPO_FILTER_ERROR_NAME, "\"%s\" is a protocol, not a field; write protocol = %s",
              word, lower);
      else
        fail_name (p, name, word, TRUE);
      return 0;
    }
  p->position = op.end;
  read_value (p, &node, word);
  int kind = node.source == GPO_SOURCE_KIND && node.op == GPO_OP_EQ && node.text
                 ? gpo_kind_from_name (node.text)
                 : -1;
  if (kind > 0)
    {
      node.type = GPO_NODE_KIND;
      node.number = kind;
    }
  return add_node (p, node);
}

/* A word alone. Where a kind and a field have the same name it is the kind. */
static guint
parse_word (Parser *p, GpoToken token, const char *word)
{
  g_autofree char *lower = g_ascii_strdown (word, -1);
  GpoFilterNode node = { .type = GPO_NODE_PROTOCOL, .number = gpo_protocol_from_name (lower) };
  if (node.number <= 0)
    {
      node.type = GPO_NODE_KIND;
      node.number = gpo_kind_from_name (lower);
    }
  if (node.number < 0)
    {
      node.type = GPO_NODE_PRESENT;
      if (!gpo_filter_source (word, &node.source, &node.field, &node.header))
        fail_name (p, token, word, FALSE);
    }
  return add_node (p, node);
}

static guint
parse_term (Parser *p, GpoToken token)
{
  if (token.type != GPO_TOKEN_WORD || gpo_token_is (p->text, token, "and")
      || gpo_token_is (p->text, token, "or"))
    {
      fail_expected (p, token, "a field, a kind, a protocol, \"not\" or \"(\"");
      return 0;
    }
  g_autofree char *word = token_text (p, token);
  p->position = token.end;
  GpoToken op = peek (p, FALSE);
  return op.type == GPO_TOKEN_OP ? parse_comparison (p, token, word, op) : parse_word (p, token, word);
}

static guint
parse_one (Parser *p)
{
  GpoToken token = peek (p, FALSE);
  guint node = 0;
  if (++p->depth > MAX_DEPTH)
    fail (p, token.start, GPO_FILTER_ERROR_SYNTAX, "nested too deeply: more than %d \"(\" and \"not\"",
          MAX_DEPTH);
  else if (gpo_token_is (p->text, token, "not"))
    {
      p->position = token.end;
      node = parse_one (p);
      node = add_node (p, (GpoFilterNode){ .type = GPO_NODE_NOT, .left = node });
    }
  else if (token.type == GPO_TOKEN_OPEN)
    {
      p->position = token.end;
      node = parse_any (p);
      GpoToken close = peek (p, FALSE);
      if (close.type != GPO_TOKEN_CLOSE)
        fail_expected (p, close, "\"and\", \"or\" or \")\"");
      p->position = close.end;
    }
  else
    node = parse_term (p, token);
  if (!p->error)
    {
      GpoFilterNode *made = &g_array_index (p->nodes, GpoFilterNode, node);
      made->start = token.start;
      made->end = p->position;
    }
  p->depth--;
  return node;
}

static guint
parse_chain (Parser *p, const char *word, GpoNodeType type, guint (*part) (Parser *))
{
  guint left = part (p);
  for (GpoToken token; !p->error && gpo_token_is (p->text, token = peek (p, FALSE), word);)
    {
      p->position = token.end;
      guint right = part (p);
      left = add_node (p, (GpoFilterNode){ .type = type, .left = left, .right = right });
    }
  return left;
}

static guint
parse_all (Parser *p)
{
  return parse_chain (p, "and", GPO_NODE_AND, parse_one);
}

static guint
parse_any (Parser *p)
{
  return parse_chain (p, "or", GPO_NODE_OR, parse_all);
}

/* What `and` joins at the top, parentheses around it or not, from left to right. */
static void
list_terms (GpoFilter *filter, guint index)
{
  const GpoFilterNode *node = &g_array_index (filter->nodes, GpoFilterNode, index);
  guint left = node->left, right = node->right;
  if (node->type != GPO_NODE_AND)
    {
      g_array_append_val (filter->terms, index);
      return;
    }
  list_terms (filter, left);
  list_terms (filter, right);
}

static void
clear_node (gpointer data)
{
  GpoFilterNode *node = data;
  g_free (node->header);
  g_free (node->text);
  g_clear_pointer (&node->regex, g_regex_unref);
}

GpoFilter *
gpo_filter_parse (const char *text, gsize *position, GError **error)
{
  Parser p = { .text = text ? text : "" };
  p.nodes = g_array_new (FALSE, TRUE, sizeof (GpoFilterNode));
  g_array_set_clear_func (p.nodes, clear_node);
  guint root;
  if (peek (&p, FALSE).type == GPO_TOKEN_END)
    root = add_node (&p, (GpoFilterNode){ .type = GPO_NODE_ALL });
  else
    {
      root = parse_any (&p);
      GpoToken rest = peek (&p, FALSE);
      if (!p.error && rest.type != GPO_TOKEN_END)
        fail_expected (&p, rest, "\"and\", \"or\" or the end");
    }
  if (p.error)
    {
      if (position)
        *position = p.wrong;
      g_propagate_error (error, p.error);
      g_array_unref (p.nodes);
      return NULL;
    }
  GpoFilter *filter = g_new0 (GpoFilter, 1);
  filter->text = g_strdup (p.text);
  filter->nodes = p.nodes;
  filter->root = root;
  filter->terms = g_array_new (FALSE, FALSE, sizeof (guint));
  list_terms (filter, root);
  return filter;
}

void
gpo_filter_free (GpoFilter *filter)
{
  g_array_unref (filter->nodes);
  g_array_unref (filter->terms);
  g_free (filter->text);
  g_free (filter);
}

const char *
gpo_filter_text (const GpoFilter *filter)
{
  return filter->text;
}
