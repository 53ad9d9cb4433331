/* SPDX-License-Identifier: MIT */
/* post-counter.c: the mailbox counter of a host at work: persons' Maildirs behind it, IMAP and POP3 sessions
 * before it.
 *
 * The counter (mail-counter.h) knows no disk and no socket; here it gets both. A delivery by SMTP tells it at
 * once, so that a session in IDLE hears of a letter with the 250 (RFC 2177). */
#include "roles/post-counter.h"
#include "roles/desk.h"
#include "roles/imap-server.h"
#include "roles/mail-counter.h"
#include "roles/pop3-server.h"
#include "store/mailbox-maildir.h"

static GpoMailboxes *
open_person (GpoCounter *counter, GpoPerson *person, GError **error)
{
  GpoPost *post = counter->data;
  g_autofree char *path = gpo_store_maildir_path (post->office->store, post->host->name, person->login);
  return gpo_maildir_mailboxes_new (post->office->store, path, post->host->domain, person->login, error);
}

static gint64
wall (GpoCounter *counter)
{
  return gpo_clock_wall (((GpoPost *) counter->data)->office->clock);
}

static guint32
next_letter (GpoCounter *counter)
{
  return gpo_store_next_letter (((GpoPost *) counter->data)->office->store);
}

/* Nothing to do for a person whose mailboxes nobody opened. */
static void
delivered (GpoPost *post, const char *login, const char *folder)
{
  GpoCounter *counter = post->mailboxes;
  GpoPerson *person = g_hash_table_lookup (post->host->persons, login);
  GpoMailboxes *mailboxes = person ? g_hash_table_lookup (counter->persons, person) : NULL;
  g_autofree char *path = gpo_store_maildir_path (post->office->store, post->host->name, login);
  if (mailboxes)
    gpo_maildir_mailboxes_delivered (mailboxes, path);
}

void
gpo_post_open_counter (GpoPost *post)
{
  GpoCounter *counter = g_new0 (GpoCounter, 1);
  counter->open = open_person;
  counter->wall = wall;
  counter->next_letter = next_letter;
  counter->data = post;
  counter->first_letter = gpo_store_first_letter (post->office->store);
  gpo_counter_init (counter, post->host, post->office->log);
  post->mailboxes = counter;
  post->delivered = delivered;
}

void
gpo_post_close_counter (GpoPost *post)
{
  GpoCounter *counter = g_steal_pointer (&post->mailboxes);
  if (!counter)
    return;
  post->delivered = NULL;
  gpo_counter_finish (counter);
  g_free (counter);
}

void
gpo_post_serve_mail (GpoPost *post, GpoRole role, GpoConnection *connection)
{
  GpoSession *client;
  guint32 number = gpo_desk_number (post->office, connection, &client);
  GpoVerdict verdict = GPO_OK;
  gboolean tls = post->tls && post->host->tls != GPO_TLS_NONE, imap = role != GPO_ROLE_POP3,
           implicit = role == GPO_ROLE_IMAPS;
  g_autofree char *peer = g_strdup (gpo_connection_peer_address (connection));
  GpoSession *session
      = imap ? gpo_imap_server_new (post->mailboxes, number) : gpo_pop3_server_new (post->mailboxes, number);
  if (imap)
    gpo_imap_server_offer_tls (session, tls && !implicit);
  else
    gpo_pop3_server_offer_tls (session, tls);
  GpoDesk *desk = gpo_desk_serve (post, role, connection, session, implicit, NULL, NULL);
  if (gpo_post_judge_caller (post, peer) != GPO_OK)
    verdict = GPO_TOO_MANY;
  if (implicit && verdict == GPO_OK)
    return; /* it greets when TLS stands */
  if (implicit)
    gpo_desk_cut (desk, "too many connections");
  else
    {
      if (imap)
        {
          GpoPerson *known = post->host->preauth && verdict == GPO_OK
                                 ? gpo_host_person (post->host, post->host->preauth)
                                 : NULL;
          gpo_imap_server_greet (session, known ? GPO_EMPTY : verdict, known);
        }
      else
        gpo_pop3_server_greet (session, verdict);
      gpo_desk_update (desk);
    }
}
