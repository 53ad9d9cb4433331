/* SPDX-License-Identifier: MIT */
/* paper-office.h: a post office without disk or network, for tests, fuzzers and dialogues in memory.
 *
 * One host, sparta.example, where Bob and Carol live and "staff" is an alias of both; a letter that is
 * taken is kept in `letters` as the bytes that would have been stored. */
#pragma once
#include "letter/address.h"
#include "roles/smtp-server.h"
#include <gio/gio.h>
#include <string.h>

typedef struct
{
  GpoLetterSink sink;
  GpoWorld *world;
  GpoHost *host;
  GpoLog *log;
  GpoSession *session;
  GString *writing;     /* the letter that is coming in */
  GPtrArray *letters;   /* of GString */
  GPtrArray *envelopes; /* of GpoEnvelope, of the same letters */
  GString *replies;     /* everything the session said */
  guint32 numbers;
  gboolean disk_full;
  gboolean slow; /* stored() is called by paper_office_store() only */
  gboolean waiting;
} PaperOffice;

static GpoPlace
paper_place (GpoLetterSink *sink, const char *path, GpoPerson **person)
{
  PaperOffice *office = (PaperOffice *) sink;
  const char *at = strrchr (path, '@');
  if (at && !gpo_host_is_local (office->host, at + 1, strlen (at + 1)))
    return GPO_PLACE_ELSEWHERE;
  g_autofree char *login = gpo_path_local (path);
  if (g_ascii_strcasecmp (login, "postmaster") == 0)
    return GPO_PLACE_MAILBOX;
  GpoPerson *found = gpo_host_person (office->host, login);
  if (person)
    *person = found;
  if (!found && g_hash_table_contains (office->host->aliases, login))
    return GPO_PLACE_ALIAS;
  return found ? GPO_PLACE_MAILBOX : GPO_PLACE_NOWHERE;
}

static gboolean
paper_may_relay (GpoLetterSink *sink, const char *path)
{
  return ((PaperOffice *) sink)->host->relay;
}

static gboolean
paper_greylist (GpoLetterSink *sink, const char *peer, const char *sender, const char *path)
{
  return FALSE;
}

static guint32
paper_letter (GpoLetterSink *sink, GpoSmtpServer *server, gboolean *inner)
{
  *inner = FALSE;
  return ++((PaperOffice *) sink)->numbers;
}

static gint64
paper_wall (GpoLetterSink *sink)
{
  return G_GINT64_CONSTANT (1795511702) * G_USEC_PER_SEC;
}

static char *
paper_make_id (GpoLetterSink *sink, guint32 letter)
{
  return g_strdup_printf ("L%u-test", letter);
}

static gboolean
paper_write (GpoLetterSink *sink, GpoSmtpServer *server, const char *bytes, gsize n)
{
  g_string_append_len (((PaperOffice *) sink)->writing, bytes, (gssize) n);
  return TRUE;
}

static void
paper_abort (GpoLetterSink *sink, GpoSmtpServer *server)
{
  g_string_truncate (((PaperOffice *) sink)->writing, 0);
}

static void
paper_office_store (PaperOffice *office)
{
  g_autoptr (GError) error = NULL;
  office->waiting = FALSE;
  if (office->disk_full)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "no space left on device");
  gpo_smtp_server_stored ((GpoSmtpServer *) office->session, error);
}

static void
paper_commit (GpoLetterSink *sink, GpoSmtpServer *server, GpoEnvelope *envelope, GString *added, GString *header,
              guint64 size, gboolean return_path)
{
  PaperOffice *office = (PaperOffice *) sink;
  g_string_free (added, TRUE);
  g_string_free (header, TRUE);
  if (office->disk_full)
    {
      gpo_envelope_free (envelope);
      g_string_truncate (office->writing, 0);
    }
  else
    {
      g_ptr_array_add (office->letters, office->writing);
      g_ptr_array_add (office->envelopes, envelope);
      office->writing = g_string_new (NULL);
    }
  office->waiting = TRUE;
  if (!office->slow)
    paper_office_store (office);
}

static void
paper_letter_free (gpointer letter)
{
  g_string_free (letter, TRUE);
}

static PaperOffice *
paper_office_new (void)
{
  PaperOffice *office = g_new0 (PaperOffice, 1);
  office->sink = (GpoLetterSink){ paper_place,   paper_may_relay, paper_greylist, paper_letter, paper_wall,
                                  paper_make_id, paper_write,     paper_abort,    paper_commit };
  office->world = gpo_world_new ();
  office->host = gpo_world_add_host (office->world, "sparta", "sparta.example");
  gpo_host_add_person (office->host, "bob", "Bob", "glass");
  gpo_host_add_person (office->host, "carol", "Carol", "glass");
  g_hash_table_insert (office->host->aliases, g_strdup ("staff"),
                       g_strsplit ("bob@sparta.example carol@sparta.example", " ", 0));
  office->log = gpo_log_new ();
  office->writing = g_string_new (NULL);
  office->replies = g_string_new (NULL);
  office->letters = g_ptr_array_new_with_free_func (paper_letter_free);
  office->envelopes = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_envelope_free);
  return office;
}

/* What a desk does after each call, without a socket: takes the output, plays the handshake. */
static void
paper_office_update (PaperOffice *office)
{
  GpoSession *session = office->session;
  g_string_append_len (office->replies, session->out->str, (gssize) session->out->len);
  g_string_truncate (session->out, 0);
  if (session->wants_tls)
    {
      session->wants_tls = FALSE;
      session->pending = GPO_PENDING_NONE;
      session->tls = TRUE;
      session->class->secured (session, "TLS on paper", NULL);
      gpo_session_resume (session);
      paper_office_update (office);
    }
}

static void
paper_office_changed (GpoSession *session, gpointer data)
{
  paper_office_update (data);
}

/* Opens an SMTP session and lets it greet. */
static void
paper_office_smtp (PaperOffice *office, GpoRole role)
{
  office->session = gpo_smtp_server_new (office->log, office->host, role, &office->sink, "127.0.0.1", 1);
  office->session->changed = paper_office_changed;
  office->session->changed_data = office;
  gpo_smtp_server_offer_tls (office->session, TRUE);
  gpo_smtp_server_greet (office->session, GPO_OK);
  paper_office_update (office);
}

/* Gives bytes to the session, `piece` at a time (0: all at once). */
static void
paper_office_say (PaperOffice *office, const char *bytes, gsize n, gsize piece)
{
  for (gsize done = 0; done < n && !office->session->closing;)
    {
      gsize some = piece ? MIN (piece, n - done) : n;
      gpo_session_receive (office->session, bytes + done, some);
      paper_office_update (office);
      done += some;
    }
}

static void
paper_office_free (PaperOffice *office)
{
  if (office->session)
    gpo_session_free (office->session);
  g_ptr_array_unref (office->letters);
  g_ptr_array_unref (office->envelopes);
  g_string_free (office->writing, TRUE);
  g_string_free (office->replies, TRUE);
  gpo_log_free (office->log);
  gpo_world_free (office->world);
  g_free (office);
}
