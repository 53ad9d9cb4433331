/* SPDX-License-Identifier: MIT */
/* imap-search.c: SEARCH and UID SEARCH: RFC 3501 §6.4.4. RETURN is answered by imap-esearch.c.
 *
 * A stream over the letters of the view, as FETCH: what must be read is read ahead, and other sessions have
 * their turn. */
#include "roles/imap-private.h"

typedef struct
{
  GpoImapLetters letters; /* first: imap-letters.c. All letters of the view */
  GpoSearchArgs args;
  GArray *found;  /* of guint32: sequence numbers or UIDs */
  guint64 modseq; /* the highest of those found */
  gint64 now;
  guint at;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;
  gpo_imap_letters_clear (&search->letters);
  gpo_imap_search_args_clear (&search->args);
  g_array_unref (search->found);
  g_free (search);
}

/* --- the answer --- */

static void
answer_search (GpoImap *imap, Search *search)
{
  GString *out = gpo_imap_begin (imap);
  g_string_append (out, "* SEARCH");
  for (guint i = 0; i < search->found->len; i++)
    {
      g_string_append_c (out, ' ');
      gpo_imap_append_number (out, g_array_index (search->found, guint32, i));
    }
  if (search->args.modseq && search->found->len)
    gpo_imap_condstore_search (out, search->modseq);
  gpo_imap_end (imap);
}

/* --- the stream --- */

static void
finish (GpoImap *imap, Search *search)
{
  gpo_imap_stream_end (imap);
  if (search->args.extended)
    gpo_imap_esearch (imap, search->found, &search->args, search->modseq);
  else
    answer_search (imap, search);
  gpo_imap_answer (imap, GPO_OK, NULL);
}

/* One letter of which `match` says what is missing: reads it. FALSE: it is coming. */
static gboolean
look_at (GpoImap *imap, Search *search, guint32 number, GpoMatch match, gboolean *found)
{
  GBytes *bytes = NULL;
  GpoLetterInfo info;
  GpoLetterState state = GPO_LETTER_HERE;
  while (state == GPO_LETTER_HERE && match > GPO_MATCH_YES)
    {
      if (match == GPO_MATCH_DATE)
        state = gpo_imap_letters_date (imap, &search->letters, search->at);
      else if (match == GPO_MATCH_INFO)
        state = gpo_imap_letters_info (imap, &search->letters, search->at, &info);
      else
        state = gpo_imap_letters_bytes (imap, &search->letters, search->at, &bytes);
      if (state == GPO_LETTER_HERE)
        match = gpo_imap_match (search->args.key, imap->view, number, bytes, search->now);
    }
  *found = state == GPO_LETTER_HERE && match == GPO_MATCH_YES;
  return state != GPO_LETTER_COMING;
}

static void
take (GpoImap *imap, Search *search, guint32 number, const GpoMessage *message)
{
  guint32 name = gpo_imap_is_uid (imap->input) ? message->uid : number;
  g_array_append_val (search->found, name);
  search->modseq = MAX (search->modseq, message->modseq);
}

/* A letter that must be asked for is a step of its own; of those that what is at hand decides, many are one. */
#define AT_ONCE 16

static void
step (GpoImap *imap)
{
  Search *search = imap->job;
  for (guint i = 0; i < AT_ONCE && search->at < search->letters.slots->len; i++, search->at++)
    {
      guint32 number = search->at + 1; /* numbers stay while SEARCH is answered */
      const GpoMessage *message = gpo_view_message (imap->view, number);
      if (message->flags & GPO_FLAG_EXPUNGED)
        continue;
      GpoMatch match = gpo_imap_match (search->args.key, imap->view, number, NULL, search->now);
      if (match == GPO_MATCH_YES)
        take (imap, search, number, message);
      if (match <= GPO_MATCH_YES)
        continue;
      gboolean found;
      if (!look_at (imap, search, number, match, &found))
        return;
      if (found)
        take (imap, search, number, message);
      search->at++;
      return;
    }
  if (search->at == search->letters.slots->len)
    finish (imap, search);
}

static void
resolve (GpoSearchKey *key, guint32 last, guint32 last_uid)
{
  if (!key)
    return;
  if (key->set.ranges)
    gpo_imap_set_resolve (&key->set, key->kind == GPO_SEARCH_UIDS ? last_uid : last);
  resolve (key->first, last, last_uid);
  resolve (key->second, last, last_uid);
}

void
gpo_imap_search (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  GpoView *view = imap->view;
  Search *search = g_new0 (Search, 1);
  search->found = g_array_new (FALSE, FALSE, sizeof (guint32));
  search->letters.slots = g_array_sized_new (FALSE, FALSE, sizeof (guint32), view->n);
  search->now = imap->mail.counter->wall (imap->mail.counter) / G_USEC_PER_SEC;
  gpo_imap_set_job (imap, search, search_free);
  if (!gpo_imap_space (p) || !gpo_imap_search_args (p, &search->args))
    {
      gpo_imap_bad (imap);
      return;
    }
  if (search->args.bad_charset)
    {
      gpo_imap_answer (imap, GPO_REFUSED, "NO [BADCHARSET (US-ASCII UTF-8)] that charset is not known here");
      return;
    }
  if (search->args.modseq)
    gpo_imap_condstore_enable (imap);
  g_array_append_vals (search->letters.slots, view->slots, view->n);
  resolve (search->args.key, view->n, view->n ? gpo_view_message (view, view->n)->uid : 0);
  gpo_imap_stream (imap, step);
}
