/* SPDX-License-Identifier: MIT */
/* imap-fetch.c: FETCH and UID FETCH: RFC 3501 §6.4.5 and §7.4.2. CHANGEDSINCE and MODSEQ are
 * imap-condstore.c's.
 *
 * A stream: one letter's response is one step, and a long literal many, so that a client that reads slowly
 * holds up nobody else and a mailbox of any size is fetched in constant memory. Flags come from the table,
 * ENVELOPE, BODYSTRUCTURE and header fields from what the mailbox keeps, and only the rest from the letter's
 * file.
 *
 * BODY[…] sets \Seen before the letter's response, which then has the new flags. */
#include "roles/imap-private.h"
#include <string.h>

#define CHUNK (64 * 1024)

typedef struct
{
  GpoImapLetters letters; /* first: imap-letters.c */
  GpoFetchArgs args;
  gboolean needs_date, needs_info, needs_header, needs_bytes, sets_seen, wants_flags;
  guint at; /* the letter that is next, in letters.slots */
  gboolean some_gone;

  gboolean within; /* a response is begun */
  guint item;      /* the item that is next in it */
  GpoLetterInfo info;
  GBytes *bytes; /* of the letter in hand; not owned */
  GpoAnatomy anatomy;
  gboolean has_anatomy;
  GString *made;
  GpoImapSection section; /* the literal under way */
  gsize sent;
  gboolean in_literal;

  guint seen_from, seen_to; /* \Seen was set for these … */
  guint64 seen_changed;     /* … and changed these, from seen_from on */
} Fetch;

static void
drop_anatomy (Fetch *fetch)
{
  if (fetch->has_anatomy)
    gpo_anatomy_clear (&fetch->anatomy);
  fetch->has_anatomy = FALSE;
}

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;
  drop_anatomy (fetch);
  gpo_imap_letters_clear (&fetch->letters);
  gpo_imap_fetch_args_clear (&fetch->args);
  g_string_free (fetch->made, TRUE);
  g_free (fetch);
}

static GpoMessage *
message_at (GpoImap *imap, Fetch *fetch, guint i)
{
  return gpo_mailbox_message (imap->view->mailbox, g_array_index (fetch->letters.slots, guint32, i));
}

/* --- items --- */

static void
append_date (GString *out, gint64 seconds)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  time_t t = seconds;
  struct tm tm;
  gmtime_r (&t, &tm);
  g_string_append_printf (out, "INTERNALDATE \"%02d-%.3s-%04d %02d:%02d:%02d +0000\"", tm.tm_mday,
                          months + 3 * tm.tm_mon, 1900 + tm.tm_year, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void
append_numbered (GString *out, const char *name, guint64 number)
{
  g_string_append (out, name);
  gpo_imap_append_number (out, number);
}

static void
append_info (GString *out, const char *name, const char *text, gsize length)
{
  g_string_append (out, name);
  g_string_append_len (out, text ? text : "NIL", text ? length : 3);
}

static void
begin_section (GpoImap *imap, Fetch *fetch, GString *out, const GpoFetchItem *item)
{
  if (gpo_imap_section_needs_header_only (item) && fetch->info.header)
    gpo_imap_section_of_header (item, fetch->info.header, fetch->info.header_length, fetch->made,
                                &fetch->section);
  else
    {
      gsize length;
      const char *bytes = g_bytes_get_data (fetch->bytes, &length);
      if (!fetch->has_anatomy)
        gpo_anatomy_init (&fetch->anatomy, bytes ? bytes : "", length);
      fetch->has_anatomy = TRUE;
      gpo_imap_section (item, &fetch->anatomy, fetch->made, &fetch->section);
    }
  g_string_append (out, item->label);
  if (fetch->section.nil)
    {
      g_string_append (out, " NIL");
      return;
    }
  g_string_append_c (out, ' ');
  gpo_imap_literal_begin (imap, fetch->section.length);
  fetch->sent = 0;
  fetch->in_literal = TRUE;
}

static void
write_item (GpoImap *imap, Fetch *fetch, GString *out, const GpoFetchItem *item, const GpoMessage *message)
{
  const GpoLetterInfo *info = &fetch->info;
  switch (item->kind)
    {
    case GPO_FETCH_UID:
      append_numbered (out, "UID ", message->uid);
      break;
    case GPO_FETCH_FLAGS:
      gpo_imap_append_flags (imap, out, message);
      break;
    case GPO_FETCH_INTERNALDATE:
      append_date (out, message->date);
      break;
    case GPO_FETCH_SIZE:
      append_numbered (out, "RFC822.SIZE ", message->size);
      break;
    case GPO_FETCH_ENVELOPE:
      append_info (out, "ENVELOPE ", info->envelope, info->envelope_length);
      break;
    case GPO_FETCH_BODY:
      append_info (out, "BODY ", info->body, info->body_length);
      break;
    case GPO_FETCH_BODYSTRUCTURE:
      append_info (out, "BODYSTRUCTURE ", info->bodystructure, info->bodystructure_length);
      break;
    case GPO_FETCH_MODSEQ:
      gpo_imap_condstore_append (out, "", message);
      break;
    case GPO_FETCH_SECTION:
      begin_section (imap, fetch, out, item);
      break;
    }
}

/* --- one response --- */

/* The next bytes of the literal under way. */
static void
write_literal (GpoImap *imap, Fetch *fetch)
{
  GpoImapSection *section = &fetch->section;
  gsize n = MIN (section->length - fetch->sent, CHUNK);
  gpo_imap_literal_bytes (imap, section->bytes + fetch->sent, n,
                          section->offset < 0 ? -1 : section->offset + (goffset) fetch->sent);
  fetch->sent += n;
  fetch->in_literal = fetch->sent < section->length;
  if (!fetch->in_literal && fetch->bytes && section->offset == 0
      && section->length == g_bytes_get_size (fetch->bytes))
    gpo_counter_note_recorded (imap->mail.counter, imap->line_letter);
}

/* \Seen was set by this FETCH: its response has the flags (RFC 3501 §6.4.5). */
static void
write_implied_flags (GpoImap *imap, Fetch *fetch, GString *out, const GpoMessage *message)
{
  guint i = fetch->at;
  if (fetch->wants_flags || i < fetch->seen_from || i >= fetch->seen_to
      || !(fetch->seen_changed >> (i - fetch->seen_from) & 1))
    return;
  g_string_append_c (out, ' ');
  gpo_imap_append_flags (imap, out, message);
  if (imap->condstore && !fetch->args.modseq)
    gpo_imap_condstore_append (out, " ", message);
}

/* Goes on with the response in hand until it is done or has a long literal. */
static void
write_response (GpoImap *imap, Fetch *fetch)
{
  GString *out = imap->mail.session.out;
  const GpoMessage *message = message_at (imap, fetch, fetch->at);
  if (fetch->in_literal)
    write_literal (imap, fetch);
  while (!fetch->in_literal && fetch->item < fetch->args.items->len)
    {
      if (fetch->item > 0)
        g_string_append_c (out, ' ');
      write_item (imap, fetch, out, &g_array_index (fetch->args.items, GpoFetchItem, fetch->item++), message);
      if (fetch->in_literal)
        write_literal (imap, fetch);
    }
  if (fetch->in_literal)
    return;
  write_implied_flags (imap, fetch, out, message);
  g_string_append_c (out, ')');
  gpo_imap_end (imap);
  drop_anatomy (fetch);
  fetch->within = FALSE;
  fetch->at++;
}

static void
begin_response (GpoImap *imap, Fetch *fetch, guint32 number, const GpoMessage *message)
{
  GString *out = gpo_imap_begin (imap);
  imap->line_letter = message->letter;
  g_string_append_len (out, "* ", 2);
  gpo_imap_append_number (out, number);
  g_string_append_len (out, " FETCH (", 8);
  fetch->within = TRUE;
  fetch->item = 0;
  write_response (imap, fetch);
}

/* --- \Seen --- */

static void
seen_stored (const guint32 *failed, guint n_failed, const GError *error, gpointer data)
{
  GpoImap *imap = data;
  if (!gpo_mail_awake (&imap->mail))
    return;
  if (error) /* the letters can be read all the same */
    ((Fetch *) imap->job)->seen_changed = 0;
  gpo_imap_settle (imap);
}

/* Sets \Seen for this letter and those that will follow soon. TRUE: the store is asked, wait. */
static gboolean
set_seen (GpoImap *imap, Fetch *fetch)
{
  guint first = fetch->at;
  if (!fetch->sets_seen || first < fetch->seen_to)
    return FALSE;
  guint end = MIN (fetch->letters.slots->len, first + GPO_LETTERS_AHEAD), n = 0;
  if (fetch->needs_bytes)
    end = MIN (end, MAX (fetch->letters.first + fetch->letters.n, first + 1));
  guint32 slots[GPO_LETTERS_AHEAD];
  fetch->seen_from = first;
  fetch->seen_to = end;
  fetch->seen_changed = 0;
  for (guint i = first; i < end; i++)
    {
      const GpoMessage *message = message_at (imap, fetch, i);
      if (message->flags & (GPO_FLAG_SEEN | GPO_FLAG_EXPUNGED)
          || gpo_imap_condstore_passes_over (&fetch->args, message))
        continue;
      fetch->seen_changed |= G_GUINT64_CONSTANT (1) << (i - first);
      slots[n++] = g_array_index (fetch->letters.slots, guint32, i);
    }
  if (n == 0)
    return FALSE;
  gpo_mail_wait (&imap->mail);
  gpo_mailbox_store (imap->view->mailbox, slots, n, GPO_STORE_ADD, GPO_FLAG_SEEN, G_MAXUINT64, imap->view,
                     seen_stored, imap);
  return TRUE;
}

/* --- the stream --- */

/* Everything that the response needs is at hand, or is asked for (COMING), or cannot be had. */
static GpoLetterState
gather (GpoImap *imap, Fetch *fetch)
{
  GpoLetterState state = GPO_LETTER_HERE;
  fetch->info = (GpoLetterInfo){ NULL };
  fetch->bytes = NULL;
  if (fetch->needs_date)
    state = gpo_imap_letters_date (imap, &fetch->letters, fetch->at);
  if (state == GPO_LETTER_HERE && (fetch->needs_info || fetch->needs_header))
    state = gpo_imap_letters_info (imap, &fetch->letters, fetch->at, &fetch->info);
  if (state == GPO_LETTER_HERE && (fetch->needs_bytes || (fetch->needs_header && !fetch->info.header)))
    state = gpo_imap_letters_bytes (imap, &fetch->letters, fetch->at, &fetch->bytes);
  return state;
}

static void
step (GpoImap *imap)
{
  Fetch *fetch = imap->job;
  if (fetch->within)
    {
      write_response (imap, fetch);
      return;
    }
  if (fetch->at == fetch->letters.slots->len)
    {
      gpo_imap_stream_end (imap);
      gpo_imap_answer (imap, fetch->some_gone ? GPO_PARTIAL : GPO_OK, NULL);
      return;
    }
  guint32 slot = g_array_index (fetch->letters.slots, guint32, fetch->at);
  const GpoMessage *message = gpo_mailbox_message (imap->view->mailbox, slot);
  guint32 number = gpo_view_number (imap->view, slot);
  if (gpo_imap_condstore_passes_over (&fetch->args, message))
    {
      fetch->at++;
      return;
    }
  GpoLetterState state = number ? gather (imap, fetch) : GPO_LETTER_GONE;
  if (state == GPO_LETTER_COMING)
    return;
  if (state == GPO_LETTER_GONE)
    {
      fetch->some_gone = TRUE;
      fetch->at++;
    }
  else if (!set_seen (imap, fetch))
    begin_response (imap, fetch, number, message);
}

static void
look_at_items (GpoImap *imap, Fetch *fetch)
{
  for (guint i = 0; i < fetch->args.items->len; i++)
    {
      const GpoFetchItem *item = &g_array_index (fetch->args.items, GpoFetchItem, i);
      if (item->kind == GPO_FETCH_ENVELOPE || item->kind == GPO_FETCH_BODY
          || item->kind == GPO_FETCH_BODYSTRUCTURE)
        fetch->needs_info = TRUE;
      fetch->needs_date |= item->kind == GPO_FETCH_INTERNALDATE;
      fetch->wants_flags |= item->kind == GPO_FETCH_FLAGS;
      if (item->kind != GPO_FETCH_SECTION)
        continue;
      if (gpo_imap_section_needs_header_only (item))
        fetch->needs_header = TRUE;
      else
        fetch->needs_bytes = TRUE;
      fetch->sets_seen |= item->seen && !imap->view->read_only;
    }
  if (fetch->args.modseq)
    gpo_imap_condstore_enable (imap);
  /* With the letter in hand its header need not be looked up. */
  if (fetch->needs_bytes)
    fetch->needs_header = FALSE;
}

void
gpo_imap_fetch (GpoImap *imap)
{
  GpoImapParser *p = &imap->parser;
  if (!gpo_imap_space (p))
    {
      gpo_imap_bad (imap);
      return;
    }
  GArray *slots = gpo_imap_read_slots (imap);
  if (!slots)
    return;
  Fetch *fetch = g_new0 (Fetch, 1);
  fetch->letters.slots = slots;
  fetch->made = g_string_new (NULL);
  gpo_imap_set_job (imap, fetch, fetch_free);
  if (!gpo_imap_space (p) || !gpo_imap_fetch_args (p, gpo_imap_is_uid (imap->input), &fetch->args))
    {
      gpo_imap_bad (imap);
      return;
    }
  look_at_items (imap, fetch);
  gpo_imap_stream (imap, step);
}
