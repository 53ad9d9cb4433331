/* SPDX-License-Identifier: MIT */
/* dialog-paper.c: the paper office of tests/support as a transport.
 *
 * A session answers within the call that gives it bytes, so a server that has said nothing never will. */
#include "dialog-paper.h"
#include "../support/paper-mailboxes.h"
#include "../support/paper-office.h"

/* A session of SMTP has an office of its own; those of IMAP and POP3 share one counter as long as any is open. */
typedef struct
{
  PaperOffice *office;
  gsize taken; /* of office->replies */
  PaperClient *client;
} PaperSession;

static PaperCounter *counter;
static guint n_clients;
static GPtrArray *clients; /* of PaperClient that are open */

static const struct
{
  const char *role;
  GpoRole number;
} roles[] = {
  { "smtp", GPO_ROLE_SMTP }, { "submission", GPO_ROLE_SUBMISSION }, { "imap", GPO_ROLE_IMAP }, { "pop3", GPO_ROLE_POP3 }
};

const char *
dialog_paper_lacks (const Dialog *dialog)
{
  if (dialog->scenario)
    return "it wants a scenario";
  if (strcmp (dialog->host[1], "sparta") != 0)
    return "the paper office is Sparta's";
  gboolean mailboxes = strcmp (dialog->role[1], "imap") == 0 || strcmp (dialog->role[1], "pop3") == 0;
  for (guint i = 2; i <= DIALOG_SESSIONS; i++)
    if (dialog->host[i] || (dialog->role[i] && (!mailboxes || strcmp (dialog->role[i], "smtp") == 0)))
      return "it wants two servers of one office";
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (strcmp (dialog->role[1], roles[i].role) == 0)
      return NULL;
  return "there is no such role on paper";
}

static gpointer
open_session (DialogTransport *transport, const char *host, const char *role, GError **error)
{
  PaperSession *session = g_new0 (PaperSession, 1);
  gboolean imap = strcmp (role, "imap") == 0;
  if (imap || strcmp (role, "pop3") == 0)
    {
      if (!counter)
        {
          counter = paper_counter_new ();
          clients = g_ptr_array_new ();
        }
      session->client = imap ? paper_client_imap (counter, ++n_clients) : paper_client_pop3 (counter, ++n_clients);
      g_ptr_array_add (clients, session->client);
      return session;
    }
  session->office = paper_office_new ();
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (strcmp (role, roles[i].role) == 0)
      paper_office_smtp (session->office, roles[i].number);
  return session;
}

static gboolean
send_bytes (DialogTransport *transport, gpointer data, const char *bytes, gsize n, GError **error)
{
  PaperSession *session = data;
  if (session->office)
    paper_office_say (session->office, bytes, n, 0);
  else
    paper_client_say (session->client, bytes, n, 0);
  return TRUE;
}

static gboolean
receive_from_client (PaperClient *client, GString *in, GError **error)
{
  paper_client_settle (client);
  if (client->said->len)
    {
      g_string_append_len (in, client->said->str, (gssize) client->said->len);
      g_string_truncate (client->said, 0);
      return TRUE;
    }
  if (!client->session->closing)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the session says nothing");
  return FALSE;
}

static gboolean
receive_bytes (DialogTransport *transport, gpointer data, GString *in, GError **error)
{
  PaperSession *session = data;
  if (session->client)
    return receive_from_client (session->client, in, error);
  GString *replies = session->office->replies;
  if (session->taken < replies->len)
    {
      g_string_append_len (in, replies->str + session->taken, (gssize) (replies->len - session->taken));
      session->taken = replies->len;
      return TRUE;
    }
  if (!session->office->session->closing)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the session says nothing");
  return FALSE;
}

static gboolean
start_tls (DialogTransport *transport, gpointer data, GError **error)
{
  PaperSession *session = data;
  if (session->client ? session->client->session->tls : session->office->session->tls)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the session does not begin a handshake");
  return FALSE;
}

static void
stop (DialogTransport *transport, gpointer data)
{
  PaperSession *session = data;
  GpoSession *server = session->client ? session->client->session : session->office->session;
  server->class->shutdown (server);
  if (session->office)
    paper_office_update (session->office);
}

static void
close_session (DialogTransport *transport, gpointer data)
{
  PaperSession *session = data;
  if (session->office)
    paper_office_free (session->office);
  else
    {
      session->client->session->class->lost (session->client->session, "the dialogue is over");
      g_ptr_array_remove (clients, session->client);
      paper_client_free (session->client);
      if (clients->len == 0)
        {
          g_clear_pointer (&counter, paper_counter_free);
          g_clear_pointer (&clients, g_ptr_array_unref);
        }
    }
  g_free (session);
}

DialogTransport *
dialog_paper_transport (void)
{
  static DialogTransport transport = { open_session, send_bytes, receive_bytes, start_tls, stop, close_session };
  return &transport;
}
