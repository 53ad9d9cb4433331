/* SPDX-License-Identifier: MIT */
/* imap-search.c: SEARCH and UID SEARCH: RFC 3501 §6.4.4, ESEARCH of RFC 4731, MODSEQ of RFC 7162 §3.1.5.
 *
 * A stream over the letters of the view, as FETCH: what must be read is read ahead, and other sessions have their turn. */
#include "roles/imap-private.h"

typedef struct {
  GpoImapLetters letters; /* first: imap-letters.c. All letters of the view */
  GpoSearchArgs args;
  GArray *found;          /* of guint32: sequence numbers or UIDs */
  guint64 modseq;         /* the highest of those found */
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
    g_string_append_printf (out, " (MODSEQ %" G_GUINT64_FORMAT ")", search->modseq);
  gpo_imap_end (imap);
}

/* MODSEQ of ESEARCH is that of the letters that are told: RFC 7162 §3.1.10. */
static guint64
told_modseq (GpoImap *imap, Search *search)
{
  if (search->args.returns & (GPO_RETURN_ALL | GPO_RETURN_COUNT))
    return search->modseq;
  guint64 highest = 0;
  const guint ends[] = { 0, search->found->len - 1 };
  for (guint i = 0; i < 2; i++)
    if (search->args.returns & (i ? GPO_RETURN_MAX : GPO_RETURN_MIN))
      {
        guint32 number = g_array_index (search->found, guint32, ends[i]);
        if (gpo_imap_is_uid (imap->input))
          number = gpo_view_find (imap->view, number);
        highest = MAX (highest, gpo_view_message (imap->view, number)->modseq);
      }
  return highest;
}

static void
answer_esearch (GpoImap *imap, Search *search)
{
  GArray *found = search->found;
  guint returns = search->args.returns;
  GString *out = gpo_imap_begin (imap);
  g_string_append (out, "* ESEARCH (TAG ");
  g_string_append_printf (out, "\"%s\")", imap->tag);
  if (gpo_imap_is_uid (imap->input))
    g_string_append (out, " UID");
  if (returns & GPO_RETURN_MIN && found->len)
    g_string_append_printf (out, " MIN %u", g_array_index (found, guint32, 0));
  if (returns & GPO_RETURN_MAX && found->len)
    g_string_append_printf (out, " MAX %u", g_array_index (found, guint32, found->len - 1));
  if (returns & GPO_RETURN_COUNT)
    g_string_append_printf (out, " COUNT %u", found->len);
  if (returns & GPO_RETURN_ALL && found->len)
    {
      g_string_append (out, " ALL ");
      gpo_imap_numbers_append (out, (guint32 *) (gpointer) found->data, found->len);
    }
  if (search->args.modseq && found->len)
    g_string_append_printf (out, " MODSEQ %" G_GUINT64_FORMAT, told_modseq (imap, search));
  gpo_imap_end (imap);
}

/* --- the stream --- */

static void
finish (GpoImap *imap, Search *search)
{
  gpo_imap_stream_end (imap);
  if (search->args.extended)
    answer_esearch (imap, search);
  else
    answer_search (imap, search);
  gpo_imap_answer (imap, GPO_OK, NULL);
}

/* One letter with what is at hand; reads what is missing. FALSE: it is coming. */
static gboolean
look_at (GpoImap *imap, Search *search, guint32 number, gboolean *found)
{
  GBytes *bytes = NULL;
  GpoLetterInfo info;
  GpoMatch match = gpo_imap_match (search->args.key, imap->view, number, NULL, search->now);
  GpoLetterState state = GPO_LETTER_HERE;
  if (match == GPO_MATCH_INFO)
    {
      state = gpo_imap_letters_info (imap, &search->letters, search->at, &info);
      if (state == GPO_LETTER_HERE)
        match = gpo_imap_match (search->args.key, imap->view, number, NULL, search->now);
    }
  if (match == GPO_MATCH_BYTES && state == GPO_LETTER_HERE)
    {
      state = gpo_imap_letters_bytes (imap, &search->letters, search->at, &bytes);
      if (state == GPO_LETTER_HERE)
        match = gpo_imap_match (search->args.key, imap->view, number, bytes, search->now);
    }
  *found = state == GPO_LETTER_HERE && match == GPO_MATCH_YES;
  return state != GPO_LETTER_COMING;
}

static void
step (GpoImap *imap)
{
  Search *search = imap->job;
  if (search->at == search->letters.slots->len)
    {
      finish (imap, search);
      return;
    }
  guint32 number = search->at + 1; /* numbers stay while SEARCH is answered */
  const GpoMessage *message = gpo_view_message (imap->view, number);
  gboolean found = FALSE;
  if (!(message->flags & GPO_FLAG_EXPUNGED) && !look_at (imap, search, number, &found))
    return;
  search->at++;
  if (!found)
    return;
  guint32 name = gpo_imap_is_uid (imap->input) ? message->uid : number;
  g_array_append_val (search->found, name);
  search->modseq = MAX (search->modseq, message->modseq);
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
  search->now = imap->counter->wall (imap->counter) / G_USEC_PER_SEC;
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
  imap->condstore |= search->args.modseq;
  g_array_append_vals (search->letters.slots, view->slots, view->n);
  resolve (search->args.key, view->n, view->n ? gpo_view_message (view, view->n)->uid : 0);
  gpo_imap_stream (imap, step);
}
