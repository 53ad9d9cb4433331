/* SPDX-License-Identifier: MIT */
/* fuzz-imap-session.c: a session of IMAP (first byte even) or POP3 (odd) over mailboxes in memory: any bytes, cut in two at
 * any place. A second session stands by in IDLE. */
#include "../support/paper-mailboxes.h"
#include "fuzz-target.h"
#include <string.h>

static const char letter[] = "From: Alice <alice@athens.example>\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n"
                             "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n"
                             "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ntwo\r\n--b--\r\n";

static void
log_in (PaperClient *client, gboolean imap)
{
  static const char *const lines[] = { "a LOGIN bob glass", "b CREATE x/y", "c SELECT INBOX", "USER bob", "PASS glass" };
  for (guint i = imap ? 0 : 3; i < (imap ? 3 : 5); i++)
    g_free (paper_client_ask (client, lines[i]));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;
  gboolean imap = data[0] % 2 == 0;
  PaperCounter *paper = paper_counter_new ();
  GpoMailbox *inbox = paper_mailbox (paper, "INBOX");
  paper_deliver (inbox, letter, -1, 0);
  paper_deliver (inbox, "Subject: plain\r\n\r\n.dots\r\n", -1, 0);
  PaperClient *idle = paper_client_imap (paper, 2);
  PaperClient *client = imap ? paper_client_imap (paper, 1) : paper_client_pop3 (paper, 1);
  log_in (idle, TRUE);
  g_free (paper_client_ask (idle, "d IDLE"));
  if (data[0] & 2)
    log_in (client, imap);
  gsize n = size - 2, cut = n ? data[1] * n / 255 : 0;
  paper_client_say (client, (const char *) data + 2, cut, 0);
  paper_client_say (client, (const char *) data + 2 + cut, n - cut, data[0] & 4 ? 1 : 0);
  client->session->class->lost (client->session, "the end");
  paper_client_free (client);
  paper_client_free (idle);
  gpo_mailbox_unref (inbox);
  paper_counter_free (paper);
  return 0;
}
