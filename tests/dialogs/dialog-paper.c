/* SPDX-License-Identifier: MIT */
/* dialog-paper.c: the paper office of tests/support as a transport.
 *
 * A session answers within the call that gives it bytes, so a server that has said nothing never will. */
#include "dialog-paper.h"
#include "../support/paper-office.h"

typedef struct
{
  PaperOffice *office;
  gsize taken; /* of office->replies */
} PaperSession;

static const struct
{
  const char *role;
  GpoRole number;
} roles[] = { { "smtp", GPO_ROLE_SMTP }, { "submission", GPO_ROLE_SUBMISSION } };

const char *
dialog_paper_lacks (const Dialog *dialog)
{
  if (dialog->scenario)
    return "it wants a scenario";
  if (strcmp (dialog->host[1], "sparta") != 0)
    return "the paper office is Sparta's";
  for (guint i = 2; i <= DIALOG_SESSIONS; i++)
    if (dialog->role[i] || dialog->host[i])
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
  session->office = paper_office_new ();
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (strcmp (role, roles[i].role) == 0)
      paper_office_smtp (session->office, roles[i].number);
  return session;
}

static gboolean
send_bytes (DialogTransport *transport, gpointer data, const char *bytes, gsize n, GError **error)
{
  paper_office_say (((PaperSession *) data)->office, bytes, n, 0);
  return TRUE;
}

static gboolean
receive_bytes (DialogTransport *transport, gpointer data, GString *in, GError **error)
{
  PaperSession *session = data;
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
  if (session->office->session->tls)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the session does not begin a handshake");
  return FALSE;
}

static void
close_session (DialogTransport *transport, gpointer data)
{
  paper_office_free (((PaperSession *) data)->office);
  g_free (data);
}

DialogTransport *
dialog_paper_transport (void)
{
  static DialogTransport transport = { open_session, send_bytes, receive_bytes, start_tls, close_session };
  return &transport;
}
