/* SPDX-License-Identifier: MIT */
/* scenario-value.h: what may stand behind a key of a scenario, and where it goes.
 *
 * Most keys are rows of a table: a type, a place in a struct and the values allowed. Used by scenario.c
 * alone. Nothing here knows of files and lines: a value that is wrong gets a sentence saying what would
 * be right, and the reader puts the place in front. */
#pragma once
#include "office/scenario.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_VALUE_IS_TEXT,     /* char * */
  GPO_VALUE_IS_YES_NO,   /* gboolean */
  GPO_VALUE_IS_CHOICE,   /* int: the place in `choices` */
  GPO_VALUE_IS_COUNT,    /* guint, 0 = no limit */
  GPO_VALUE_IS_SECONDS,  /* guint, from a duration */
  GPO_VALUE_IS_BYTES,    /* gint64, "64M" */
  GPO_VALUE_IS_BYTES_32, /* guint, "64M" */
  GPO_VALUE_IS_DURATION, /* gint64 µs */
  GPO_VALUE_IS_LIST,     /* char ** */
  GPO_VALUE_IS_WORDS,    /* char **, each from `choices` */
} GpoValueIs;

typedef struct
{
  const char *key;
  GpoValueIs is;
  gsize offset;
  const char *const *choices;
  gint64 min, max;
} GpoValueRow;

/* Reads `value` into the place of the row. FALSE with a sentence that says what is allowed. */
gboolean gpo_value_read (const GpoValueRow *row, const char *value, gpointer target, char **why);

/* "a; b, c" → { "a", "b", "c" }: empty items are dropped. The caller frees. */
char **gpo_value_list (const char *value);
/* A domain name with at least one letter, RFC 5321 §4.1.2: labels of letters, digits and hyphens. */
gboolean gpo_value_is_domain (const char *text);
/* A whole number within bounds. */
gboolean gpo_value_number (const char *text, gint64 min, gint64 max, gint64 *number);
/* "127.0.0.1:2500", "[::1]:2500", "mail.example:25". `host` (may be NULL) is given to the caller. */
gboolean gpo_value_is_endpoint (const char *text, char **host, guint16 *port);
/* An address in 127/8, ::1, or "localhost". */
gboolean gpo_value_is_loopback (const char *address);
/* "did you mean …?" or the words there are. The caller frees. */
char *gpo_value_meant (const char *word, const char *const *words);

/* The keys of GpoLimits: "limit-recipients" and so on; ended by a row without a key. */
extern const GpoValueRow gpo_limit_rows[];

G_END_DECLS
