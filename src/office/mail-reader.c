/* SPDX-License-Identifier: MIT */
/* mail-reader.c: tasks go to the office's thread, or to a worker; answers come back.
 *
 * What stays true: the reader's fields belong to one thread each, as marked; what crosses over is a Job,
 * which one side at a time holds. A reader that was freed lives on until its desks are gone and its jobs are
 * back. */
#include "office/mail-reader-private.h"
#include "wire/tls.h"
#include <string.h>

#define CONNECT_MS (10 * 1000)

typedef struct
{
  GpoMailReader *reader; /* a reference */
  GpoReaderTask *task;
  GpoReaderAnswer *answer;
  void (*done) (GpoReaderAnswer *answer, gpointer data);
  gpointer data;
} Job;

const char *
gpo_reader_way_name (GpoReaderWay way)
{
  static const char *const names[] = { "imap", "pop3", "maildir" };
  return names[way];
}

GpoMailReader *
gpo_mail_reader_ref (GpoMailReader *reader)
{
  g_atomic_ref_count_inc (&reader->refs);
  return reader;
}

void
gpo_mail_reader_unref (GpoMailReader *reader)
{
  if (!g_atomic_ref_count_dec (&reader->refs))
    return;
  gpo_maildrop_free (reader->maildrop);
  g_main_context_unref (reader->context);
  g_free (reader);
}

void
gpo_mail_reader_post (GMainContext *context, GSourceFunc call, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, call, data, NULL);
  g_source_attach (source, context);
}

/* --- answers, back on the caller's thread --- */

static gboolean
give_answer (gpointer data)
{
  Job *job = data;
  if (!job->reader->closed && job->done)
    job->done (g_steal_pointer (&job->answer), job->data);
  g_clear_pointer (&job->answer, gpo_reader_answer_free);
  gpo_mail_reader_unref (job->reader);
  g_free (job);
  return G_SOURCE_REMOVE;
}

/* Any thread. */
static void
finish (Job *job, GpoReaderAnswer *answer)
{
  g_clear_pointer (&job->task, gpo_reader_task_free);
  job->answer = answer;
  gpo_mail_reader_post (job->reader->context, give_answer, job);
}

static gboolean
give_news (gpointer data)
{
  GpoMailReader *reader = data;
  if (!reader->closed && reader->news)
    reader->news (reader->news_data);
  gpo_mail_reader_unref (reader);
  return G_SOURCE_REMOVE;
}

/* --- calls, on the office's thread --- */

static void visit (GpoMailReader *reader);

static void
on_desk_closed (GpoDesk *desk, gpointer data)
{
  GpoMailReader *reader = data;
  if (reader->session == gpo_desk_session (desk))
    reader->session = NULL;
  visit (reader);
  gpo_mail_reader_unref (reader);
}

static GpoTls *
client_tls (GpoMailReader *reader)
{
  g_autofree char *folder = gpo_store_tls_path (reader->office->parts.store);
  return gpo_tls_new_client (GPO_TLS_TRUST_OFFICE, folder);
}

/* A desk borrows its TLS; the connection refs it at the handshake, so the reader's call keeps it until the
 * desk goes. */
typedef struct
{
  GpoTls *tls;
  GpoDeskClosed closed;
  gpointer data;
} Call;

static void
on_call_closed (GpoDesk *desk, gpointer data)
{
  Call *call = data;
  call->closed (desk, call->data);
  gpo_tls_unref (call->tls);
  g_free (call);
}

static gboolean
encrypts (const GpoMailReader *reader)
{
  return reader->tls || reader->person->host->tls == GPO_TLS_REQUIRED;
}

gboolean
gpo_mail_reader_dial (GpoMailReader *reader, GpoRole role, GpoSession *session,
                      void (*connected) (GpoSession *, const GError *), GpoDeskClosed closed, gpointer data)
{
  const GpoHost *host = reader->person->host;
  GpoPost *post = gpo_office_post (reader->office, host->name);
  if (!post->port[role])
    {
      gpo_session_free (session);
      return FALSE;
    }
  if (encrypts (reader) && post->tls)
    gpo_tls_load (post->tls, NULL); /* the first start makes the authority that we shall trust */
  Call *call = g_new (Call, 1);
  *call = (Call){ client_tls (reader), closed, data };
  gpo_desk_call (post, host->address, (guint16) post->port[role], CONNECT_MS, call->tls, host->domain,
                 session, connected, on_call_closed, call);
  return TRUE;
}

static void
on_answered (GpoSession *session, GpoReaderAnswer *answer, gpointer data)
{
  GpoMailReader *reader = data;
  Job *job = g_queue_pop_head (&reader->jobs);
  if (job)
    finish (job, answer);
  else
    gpo_reader_answer_free (answer);
}

static void
on_news (GpoSession *session, gpointer data)
{
  GpoMailReader *reader = data;
  gpo_mail_reader_post (reader->context, give_news, gpo_mail_reader_ref (reader));
}

/* It ends by itself; the next task calls anew. */
static void
on_ended (GpoSession *session, const char *why, gpointer data)
{
  GpoMailReader *reader = data;
  if (reader->session == session && reader->way == GPO_WAY_IMAP)
    reader->session = NULL;
}

static const GpoReaderUser user = { on_answered, on_news, on_ended };

GpoReaderOptions
gpo_mail_reader_options (const GpoMailReader *reader)
{
  return (GpoReaderOptions){ reader->person->login, reader->person->password, encrypts (reader) };
}

static void
no_such_counter (Job *job, const char *protocol)
{
  finish (job, gpo_reader_answer_new (
                   g_strdup_printf ("%s has no %s counter: add the role to the host in the scenario",
                                    job->reader->person->host->name, protocol)));
}

static void
ask_imap (GpoMailReader *reader, Job *job)
{
  if (!reader->session)
    {
      GpoReaderOptions options = gpo_mail_reader_options (reader);
      reader->session = gpo_imap_reader_new (&options, reader->office->parts.log,
                                             gpo_symbol (reader->person->login), 0, &user, reader);
      if (!gpo_mail_reader_dial (reader, GPO_ROLE_IMAP, reader->session, gpo_imap_reader_connected,
                                 on_desk_closed, gpo_mail_reader_ref (reader)))
        {
          reader->session = NULL;
          gpo_mail_reader_unref (reader);
          no_such_counter (job, "IMAP");
          return;
        }
    }
  g_queue_push_tail (&reader->jobs, job);
  gpo_imap_reader_ask (reader->session, g_steal_pointer (&job->task));
}

/* POP3: the next task that needs a visit, if none is under way. */
static void
visit (GpoMailReader *reader)
{
  Job *job = reader->session ? NULL : g_queue_peek_head (&reader->jobs);
  if (reader->way != GPO_WAY_POP3 || !job || reader->leaving)
    return;
  GpoReaderAnswer *answer = gpo_maildrop_answer (reader->maildrop, job->task);
  if (answer)
    {
      finish (g_queue_pop_head (&reader->jobs), answer);
      visit (reader);
      return;
    }
  GpoReaderOptions options = gpo_mail_reader_options (reader);
  reader->session
      = gpo_pop3_reader_new (&options, reader->maildrop, g_steal_pointer (&job->task),
                             reader->office->parts.log, gpo_symbol (reader->person->login), 0, &user, reader);
  if (gpo_mail_reader_dial (reader, GPO_ROLE_POP3, reader->session, gpo_pop3_reader_connected, on_desk_closed,
                            gpo_mail_reader_ref (reader)))
    return;
  reader->session = NULL;
  gpo_mail_reader_unref (reader);
}

static gboolean
begin_job (gpointer data)
{
  Job *job = data;
  GpoMailReader *reader = job->reader;
  if (reader->leaving || reader->office->closing)
    finish (job, gpo_reader_answer_new (g_strdup ("the office closes")));
  else if (reader->way == GPO_WAY_IMAP)
    ask_imap (reader, job);
  else if (!gpo_office_post (reader->office, reader->person->host->name)->port[GPO_ROLE_POP3])
    no_such_counter (job, "POP3");
  else
    {
      g_queue_push_tail (&reader->jobs, job);
      visit (reader);
    }
  return G_SOURCE_REMOVE;
}

/* --- the Maildir, on a worker --- */

static void
work (gpointer data, gpointer user_data)
{
  Job *job = data;
  const GpoPerson *person = job->reader->person;
  g_autofree char *path
      = gpo_store_maildir_path (job->reader->office->parts.store, person->host->name, person->login);
  finish (job, gpo_maildir_reader_do (path, person->host->name, job->task));
}

/* --- the caller's side --- */

GpoMailReader *
gpo_mail_reader_new (GpoOffice *office, const GpoPerson *person, GpoReaderWay way, gboolean tls,
                     void (*news) (gpointer data), gpointer data)
{
  GpoMailReader *reader = g_new0 (GpoMailReader, 1);
  g_atomic_ref_count_init (&reader->refs);
  reader->office = office;
  reader->person = person;
  reader->way = way;
  reader->tls = tls;
  reader->context = g_main_context_ref_thread_default ();
  reader->news = news;
  reader->news_data = data;
  reader->maildrop = gpo_maildrop_new ();
  if (way == GPO_WAY_MAILDIR)
    reader->workers = g_thread_pool_new (work, NULL, 1, FALSE, NULL);
  return reader;
}

/* On the office's thread: nobody waits any more. */
static gboolean
leave (gpointer data)
{
  GpoMailReader *reader = data;
  reader->leaving = TRUE;
  if (reader->session && reader->way == GPO_WAY_IMAP)
    gpo_imap_reader_quit (reader->session);
  else if (reader->way == GPO_WAY_POP3)
    for (guint n = g_queue_get_length (&reader->jobs); n > (reader->session ? 1u : 0u); n--)
      finish (g_queue_pop_tail (&reader->jobs), gpo_reader_answer_new (NULL));
  gpo_mail_reader_unref (reader);
  return G_SOURCE_REMOVE;
}

void
gpo_mail_reader_free (GpoMailReader *reader)
{
  reader->closed = TRUE;
  if (reader->workers)
    g_thread_pool_free (reader->workers, FALSE, TRUE);
  gpo_mail_reader_post (reader->office->context, leave, reader);
}

void
gpo_mail_reader_ask (GpoMailReader *reader, GpoReaderTask *task,
                     void (*done) (GpoReaderAnswer *answer, gpointer data), gpointer data)
{
  Job *job = g_new0 (Job, 1);
  *job = (Job){ gpo_mail_reader_ref (reader), task, NULL, done, data };
  if (reader->workers)
    g_thread_pool_push (reader->workers, job, NULL);
  else
    gpo_mail_reader_post (reader->office->context, begin_job, job);
}
