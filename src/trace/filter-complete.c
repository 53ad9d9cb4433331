/* SPDX-License-Identifier: MIT */
/* filter-complete.c: what may come next in an unfinished filter, for the window's filter bar.
 *
 * The text before the cursor is walked token by token through the four places a filter has: a term may
 * come; a name was read; a value may come; a term is complete. */
#include "trace/filter-internal.h"
#include <string.h>
#include "protocol/machine.h"

typedef enum
{
  TERM,
  NAMED,
  VALUE,
  DONE
} Place;

typedef struct
{
  GPtrArray *list;
  const char *typed; /* the beginning of the word, of `length` bytes */
  gsize length;
} Offer;

static void
completion_free (gpointer data)
{
  GpoCompletion *completion = data;
  g_free (completion->text);
  g_free (completion);
}

static void
offer (Offer *o, const char *word, GpoCompletionKind kind)
{
  if (!*word || g_ascii_strncasecmp (word, o->typed, o->length) != 0)
    return;
  for (guint i = 0; i < o->list->len; i++)
    if (strcmp (((GpoCompletion *) o->list->pdata[i])->text, word) == 0)
      return;
  GpoCompletion *completion = g_new (GpoCompletion, 1);
  completion->text = g_strdup (word);
  completion->kind = kind;
  g_ptr_array_add (o->list, completion);
}

static void
offer_list (Offer *o, const char *words, GpoCompletionKind kind)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  for (char **word = list; *word; word++)
    offer (o, *word, kind);
}

static void
offer_terms (Offer *o)
{
  for (guint i = 1; i < GPO_N_PROTOCOLS; i++)
    offer (o, gpo_protocol_name ((GpoProtocol) i), GPO_COMPLETE_KIND);
  for (guint i = 1; i < GPO_N_KINDS; i++)
    offer (o, gpo_kind_name ((GpoKind) i), GPO_COMPLETE_KIND);
  for (guint i = 0; gpo_filter_head_names[i]; i++)
    offer (o, gpo_filter_head_names[i], GPO_COMPLETE_FIELD);
  for (guint i = 0; i < GPO_N_FIELDS; i++)
    if (i != GPO_FIELD_KIND && i != GPO_FIELD_HIDDEN)
      offer (o, gpo_field_name ((GpoField) i), GPO_COMPLETE_FIELD);
  offer_list (o,
              "header.From header.To header.Cc header.Bcc header.Subject header.Date header.Message-ID "
              "header.Received",
              GPO_COMPLETE_FIELD);
  offer_list (o, "not (", GPO_COMPLETE_WORD);
}

static void
offer_machines (Offer *o, GpoField field)
{
  for (const GpoMachine *const *m = gpo_machines; *m; m++)
    if (field == GPO_FIELD_MACHINE)
      offer (o, (*m)->name, GPO_COMPLETE_VALUE);
    else if (field == GPO_FIELD_VERB)
      for (guint i = 0; i < (*m)->n_inputs; i++)
        offer (o, (*m)->inputs[i], GPO_COMPLETE_VALUE);
    else
      for (guint i = 0; i < (*m)->n_states; i++)
        offer (o, (*m)->states[i], GPO_COMPLETE_VALUE);
}

static void
offer_values (Offer *o, const char *name)
{
  static const struct
  {
    GpoField field;
    const char *words;
  } usual[]
      = { { GPO_FIELD_FROM, "client server" },
          { GPO_FIELD_ENDING, "crlf lf none" },
          { GPO_FIELD_SIDE, "server client" },
          { GPO_FIELD_RESULT, "ok failed" },
          { GPO_FIELD_TYPE, "MX A" },
          { GPO_FIELD_AHEAD, "true false" },
          { GPO_FIELD_CODE, "220 221 235 250 334 354 421 450 451 452 500 501 502 503 530 535 550 552 554" },
          { GPO_FIELD_ROLE, "smtp submission imap imaps pop3" },
          { GPO_FIELD_STATUS, "OK NO BAD +OK -ERR" } };
  GpoSource source;
  GpoField field;
  if (!gpo_filter_source (name, &source, &field, NULL))
    return;
  if (source == GPO_SOURCE_KIND)
    for (guint i = 1; i < GPO_N_KINDS; i++)
      offer (o, gpo_kind_name ((GpoKind) i), GPO_COMPLETE_VALUE);
  if (source == GPO_SOURCE_PROTOCOL)
    for (guint i = 1; i < GPO_N_PROTOCOLS; i++)
      offer (o, gpo_protocol_name ((GpoProtocol) i), GPO_COMPLETE_VALUE);
  if (source == GPO_SOURCE_CLASS)
    offer_list (o, "2 3 4 5", GPO_COMPLETE_VALUE);
  if (source != GPO_SOURCE_FIELD)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    if (usual[i].field == field)
      offer_list (o, usual[i].words, GPO_COMPLETE_VALUE);
  for (guint i = 0; field == GPO_FIELD_VERDICT && i < GPO_N_VERDICTS; i++)
    offer (o, gpo_verdict_name ((GpoVerdict) i), GPO_COMPLETE_VALUE);
  if (field == GPO_FIELD_FROM || field == GPO_FIELD_TO || field == GPO_FIELD_STATE
      || field == GPO_FIELD_MACHINE || field == GPO_FIELD_VERB)
    offer_machines (o, field);
}

/* Where the filter stands behind this token. */
static Place
next_place (Place place, const char *text, GpoToken token)
{
  if (place == VALUE)
    return DONE;
  if (token.type == GPO_TOKEN_OP)
    return VALUE;
  if (token.type == GPO_TOKEN_OPEN || gpo_token_is (text, token, "and") || gpo_token_is (text, token, "or")
      || gpo_token_is (text, token, "not"))
    return TERM;
  return place == TERM && token.type == GPO_TOKEN_WORD ? NAMED : DONE;
}

GPtrArray *
gpo_filter_complete (const char *text, gsize position, gsize *start)
{
  g_autofree char *before = g_strndup (text, position);
  g_autofree char *name = g_strdup ("");
  position = strlen (before);
  Place place = TERM;
  *start = position;
  for (GpoToken token = { .end = 0 };;)
    {
      token = gpo_filter_token (before, token.end, place == VALUE);
      if (token.type == GPO_TOKEN_END)
        break;
      /* The word at the cursor is still being typed. */
      if (token.end == position && (token.type == GPO_TOKEN_WORD || token.type == GPO_TOKEN_BAD))
        {
          *start = token.start;
          break;
        }
      if (place == TERM && token.type == GPO_TOKEN_WORD)
        {
          g_free (name);
          name = g_strndup (before + token.start, token.end - token.start);
        }
      place = next_place (place, before, token);
    }
  Offer o = { g_ptr_array_new_with_free_func (completion_free), before + *start, position - *start };
  GpoSource source;
  GpoField field;
  if (place == TERM)
    offer_terms (&o);
  else if (place == VALUE)
    offer_values (&o, name);
  if (place == NAMED && gpo_filter_source (name, &source, &field, NULL))
    offer_list (&o, "= != < <= > >= ~ !~", GPO_COMPLETE_OPERATOR);
  if (place == NAMED || place == DONE)
    offer_list (&o, "and or )", GPO_COMPLETE_WORD);
  return o.list;
}
