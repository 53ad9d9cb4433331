/* SPDX-License-Identifier: MIT */
/* filter-internal.h: the shape of a compiled filter, for the files that make one language:
 *
 *     filter-token.c     text to tokens
 *     filter-names.c     names to what they stand for
 *     filter-parse.c     tokens to a tree
 *     filter.c           the tree to yes or no
 *     filter-terms.c     how far an event came through it
 *     filter-complete.c  what may come next, while it is typed */
#pragma once
#include "trace/filter.h"

G_BEGIN_DECLS

/* Where a value comes from: the head of the event, something derived, or a field. */
typedef enum
{
  GPO_SOURCE_N,
  GPO_SOURCE_TIME,
  GPO_SOURCE_KIND,
  GPO_SOURCE_HOST,
  GPO_SOURCE_PROTOCOL,
  GPO_SOURCE_SESSION,
  GPO_SOURCE_LETTER,
  GPO_SOURCE_CLASS,  /* code / 100 */
  GPO_SOURCE_HEADER, /* header.NAME */
  GPO_SOURCE_FIELD
} GpoSource;

typedef enum
{
  GPO_OP_EQ,
  GPO_OP_NE,
  GPO_OP_LT,
  GPO_OP_LE,
  GPO_OP_GT,
  GPO_OP_GE,
  GPO_OP_LIKE,
  GPO_OP_UNLIKE
} GpoOp;

typedef enum
{
  GPO_NODE_ALL, /* everything passes */
  GPO_NODE_AND,
  GPO_NODE_OR,
  GPO_NODE_NOT,      /* of left */
  GPO_NODE_KIND,     /* number is a GpoKind */
  GPO_NODE_PROTOCOL, /* number is a GpoProtocol */
  GPO_NODE_PRESENT,
  GPO_NODE_COMPARE
} GpoNodeType;

typedef struct
{
  GpoNodeType type;
  guint left, right; /* nodes */
  GpoSource source;
  GpoField field;
  char *header; /* GPO_SOURCE_HEADER: the field's name */
  GpoOp op;
  char *text; /* the value as a text; not for regular expressions */
  gsize length;
  gboolean is_number;
  gint64 number; /* the value as a number, if it is one */
  GRegex *regex;
  gsize start, end; /* where it stands in the text */
} GpoFilterNode;

struct GpoFilter
{
  char *text;
  GArray *nodes; /* GpoFilterNode */
  guint root;
  GArray *terms; /* guint: the nodes that `and` joins at the top, in their order */
};

typedef enum
{
  GPO_TOKEN_END,
  GPO_TOKEN_WORD,
  GPO_TOKEN_QUOTED,
  GPO_TOKEN_REGEX, /* /…/ or /…/i, only as a value */
  GPO_TOKEN_OP,
  GPO_TOKEN_OPEN,
  GPO_TOKEN_CLOSE,
  GPO_TOKEN_BAD /* a quote or / that is not closed, or a lone ! */
} GpoTokenType;

typedef struct
{
  GpoTokenType type;
  gsize start, end;
} GpoToken;

/* Whether event n passes the part of the filter below this node. `log` (may be NULL) gives spilled texts. */
gboolean gpo_filter_node_passes (const GpoFilter *filter, guint node, GpoLog *log, guint64 n,
                                 const GpoEvent *event);
/* What the event has where the node looks, as a text, behind what is in `out`; header fields unfolded and
 * joined by `, `. FALSE if it has nothing there. */
gboolean gpo_filter_node_value (const GpoFilterNode *node, guint64 n, const GpoEvent *event, GString *out);

/* The token at or behind `position`. `value`: a / begins a regular expression here. */
GpoToken gpo_filter_token (const char *text, gsize position, gboolean value);
/* Whether the token is this word, ASCII case ignored. */
gboolean gpo_token_is (const char *text, GpoToken token, const char *word);
/* A number with its unit. FALSE if the word is none, or too large. */
gboolean gpo_token_number (const char *word, gint64 *number);
/* What stands between the quotes at start and end - 1. \r \n \t \0 \xHH \" \\ are taken out; another
 * backslash stays. The caller frees. */
GString *gpo_token_unquote (const char *text, gsize start, gsize end);

/* The source a name stands for. FALSE if it is no field. *header (may be NULL) gets a new string. */
gboolean gpo_filter_source (const char *name, GpoSource *source, GpoField *field, char **header);
/* Whether the values are numbers only. */
gboolean gpo_filter_is_number (GpoSource source, GpoField field);
/* The names of the event's head in filters, NULL-terminated. */
extern const char *const gpo_filter_head_names[];

G_END_DECLS
