/* SPDX-License-Identifier: MIT */
/* letter-transfers.c: which events carried a letter from host to host.
 *
 * One pass over the letter's own events. A `data` event at offset 0 begins a transfer; the line "." and
 * the `letter` event of the same session end it. Answers of IMAP and POP3 are no transfers: there a letter
 * is read, not handed on; but of a letter that nobody handed on they are all there is.
 *
 * Who calls it: the window's letter view, `glasspost show --letter`. */
#include "replay/letter-transfers.h"
#include <string.h>

static void
transfer_free (gpointer data)
{
  GpoTransfer *transfer = data;
  g_array_unref (transfer->pieces);
  g_free (transfer);
}

/* The newest transfer of a session at a host that is not whole yet, or NULL. */
static GpoTransfer *
open_transfer (GPtrArray *transfers, const GpoEvent *event)
{
  for (guint i = transfers->len; i > 0; i--)
    {
      GpoTransfer *transfer = transfers->pdata[i - 1];
      if (transfer->session == event->session && transfer->host == event->host)
        return transfer->whole == G_MAXUINT64 ? transfer : NULL;
    }
  return NULL;
}

/* Whether the bytes at n came by DATA: the newest command of the session that asks for a letter says so. */
static gboolean
came_stuffed (GpoPicture *picture, const GpoEvent *event, const GpoSessionTrack *session, guint64 n)
{
  if (!session || event->protocol != GPO_PROTOCOL_SMTP)
    return FALSE;
  for (guint i = gpo_track_until (&session->edges, n); i > 0; i--)
    {
      const GpoEvent *edge = gpo_log_get (gpo_picture_log (picture), session->edges.events[i - 1]);
      const char *verb = edge ? gpo_event_text (edge, GPO_FIELD_VERB, NULL) : NULL;
      if (verb && (strcmp (verb, "DATA") == 0 || strcmp (verb, "BDAT") == 0))
        return strcmp (verb, "DATA") == 0;
    }
  return TRUE; /* traffic that was only watched */
}

/* The newest whole transfer to the host that calls now; a stranger's letter comes from nowhere. */
static gint
transfer_before (GPtrArray *transfers, GpoSymbol caller)
{
  for (guint i = transfers->len; caller && i > 0; i--)
    {
      const GpoTransfer *transfer = transfers->pdata[i - 1];
      if (transfer->host == caller && (transfer->whole != G_MAXUINT64 || !transfer->session))
        return (gint) i - 1;
    }
  return -1;
}

static void
take_data (GpoPicture *picture, GPtrArray *transfers, const GpoEvent *event, guint64 n)
{
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL);
  gint64 length = gpo_event_number (event, GPO_FIELD_LENGTH, 0);
  if ((event->session && g_strcmp0 (from, "client") != 0) || length < 0)
    return;
  GpoTransfer *transfer = open_transfer (transfers, event);
  if (!transfer || gpo_event_number (event, GPO_FIELD_OFFSET, 0) == 0)
    {
      const GpoSessionTrack *session
          = event->session ? gpo_picture_session_numbered (picture, event->session) : NULL;
      transfer = g_new0 (GpoTransfer, 1);
      transfer->session = event->session;
      transfer->host = event->host;
      transfer->caller = session ? session->caller : 0;
      transfer->before = transfer_before (transfers, transfer->caller);
      transfer->stuffed = came_stuffed (picture, event, session, n);
      transfer->recorded = !gpo_event_has (event, GPO_FIELD_TEXT) && !gpo_event_has (event, GPO_FIELD_HIDDEN);
      transfer->pieces = g_array_new (FALSE, FALSE, sizeof (GpoWirePiece));
      transfer->dot = transfer->whole = G_MAXUINT64;
      g_ptr_array_add (transfers, transfer);
    }
  GpoWirePiece piece = { n, transfer->wire, (gsize) length };
  g_array_append_val (transfer->pieces, piece);
  transfer->wire += piece.length;
}

static void
take_line (GPtrArray *transfers, const GpoEvent *event, guint64 n)
{
  gsize length;
  const char *text = gpo_event_text (event, GPO_FIELD_TEXT, &length);
  GpoTransfer *transfer = open_transfer (transfers, event);
  if (transfer && transfer->stuffed && text && length == 3 && memcmp (text, ".\r\n", 3) == 0)
    transfer->dot = n;
}

static void
take_letter (GPtrArray *transfers, const GpoEvent *event, guint64 n)
{
  GpoTransfer *transfer = open_transfer (transfers, event);
  if (!transfer)
    return;
  transfer->whole = n;
  transfer->id = gpo_event_text (event, GPO_FIELD_NAME, NULL);
  transfer->added = gpo_event_text (event, GPO_FIELD_ADDED, &transfer->added_length);
  if (!transfer->added)
    transfer->added_length = 0;
}

/* A piece of an answer to FETCH or RETR. What begins at the letter's first byte begins anew: a reader may
 * have asked for the header before it asked for all. */
static void
take_fetched (GpoPicture *picture, GPtrArray *fetched, const GpoEvent *event, guint64 n)
{
  gint64 offset = gpo_event_number (event, GPO_FIELD_OFFSET, -1),
         length = gpo_event_number (event, GPO_FIELD_LENGTH, 0);
  GpoTransfer *transfer = fetched->len ? fetched->pdata[fetched->len - 1] : NULL;
  if (!event->session || offset < 0 || length < 0
      || g_strcmp0 (gpo_event_text (event, GPO_FIELD_FROM, NULL), "server") != 0)
    return;
  if (offset == 0)
    {
      const GpoSessionTrack *session = gpo_picture_session_numbered (picture, event->session);
      transfer = g_new0 (GpoTransfer, 1);
      *transfer = (GpoTransfer){ .session = event->session,
                                 .host = event->host,
                                 .caller = session ? session->caller : 0,
                                 .before = -1,
                                 .fetched = TRUE,
                                 .pieces = g_array_new (FALSE, FALSE, sizeof (GpoWirePiece)),
                                 .dot = G_MAXUINT64 };
      g_ptr_array_add (fetched, transfer);
    }
  if (!transfer || transfer->session != event->session || (guint64) offset != transfer->wire)
    return;
  GpoWirePiece piece = { n, transfer->wire, (gsize) length };
  g_array_append_val (transfer->pieces, piece);
  transfer->wire += piece.length;
  transfer->whole = n;
}

/* The fullest of the answers with this letter, the first of those that are. */
static void
add_fetched (GpoPicture *picture, GPtrArray *transfers, const GpoLetterTrack *letter, guint end)
{
  g_autoptr (GPtrArray) fetched = g_ptr_array_new_with_free_func (transfer_free);
  guint best = 0;
  for (guint i = 0; i < end; i++)
    {
      const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), letter->events.events[i]);
      if (event && event->kind == GPO_KIND_DATA)
        take_fetched (picture, fetched, event, letter->events.events[i]);
    }
  for (guint i = 1; i < fetched->len; i++)
    if (((GpoTransfer *) fetched->pdata[i])->wire > ((GpoTransfer *) fetched->pdata[best])->wire)
      best = i;
  if (fetched->len)
    g_ptr_array_add (transfers, g_ptr_array_steal_index (fetched, best));
}

GPtrArray *
gpo_letter_transfers_new (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n)
{
  GPtrArray *transfers = g_ptr_array_new_with_free_func (transfer_free);
  guint end = gpo_track_until (&letter->events, n);
  for (guint i = 0; i < end; i++)
    {
      guint64 number = letter->events.events[i];
      const GpoEvent *event = gpo_log_get (gpo_picture_log (picture), number);
      if (!event)
        continue;
      if (event->kind == GPO_KIND_DATA)
        take_data (picture, transfers, event, number);
      else if (event->kind == GPO_KIND_LINE)
        take_line (transfers, event, number);
      else if (event->kind == GPO_KIND_LETTER)
        take_letter (transfers, event, number);
    }
  if (transfers->len == 0)
    add_fetched (picture, transfers, letter, end);
  return transfers;
}
