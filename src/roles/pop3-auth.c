/* SPDX-License-Identifier: MIT */
/* pop3-auth.c: USER, PASS, APOP, AUTH, CAPA, and the lock on the maildrop: RFC 1939 §4 and §7, RFC 2449, RFC 5034. */
#include "roles/pop3-private.h"
#include <string.h>

static gboolean
needs_tls (GpoPop3 *pop3)
{
  return pop3->counter->host->tls == GPO_TLS_REQUIRED && !pop3->session.tls;
}

static void
auth_event (GpoPop3 *pop3, const char *mechanism, const char *person, const char *result, const char *text)
{
  GpoEventBuilder b;
  gpo_session_event (&pop3->session, &b, GPO_KIND_AUTH);
  gpo_event_add_text (&b, GPO_FIELD_MECHANISM, mechanism, -1);
  gpo_event_add_text (&b, GPO_FIELD_PERSON, person, -1);
  gpo_event_add_text (&b, GPO_FIELD_RESULT, result, -1);
  gpo_event_add_text (&b, GPO_FIELD_TEXT, text, -1);
  gpo_event_add_number (&b, GPO_FIELD_CAUSE, (gint64) pop3->session.cause);
  gpo_log_append (pop3->session.log, &b);
}

/* The lock is seen in the trace: who holds it keeps others out. */
static void
lock_event (GpoPop3 *pop3, const char *action)
{
  GpoEventBuilder b;
  g_autofree char *name = g_strdup_printf ("%s/INBOX", pop3->person->login);
  gpo_session_event (&pop3->session, &b, GPO_KIND_MAILBOX);
  gpo_event_add_symbol (&b, GPO_FIELD_ACTION, gpo_symbol (action));
  gpo_event_add_text (&b, GPO_FIELD_MAILBOX, name, -1);
  gpo_log_append (pop3->session.log, &b);
}

void
gpo_pop3_unlock (GpoPop3 *pop3)
{
  if (pop3->person)
    {
      g_hash_table_remove (pop3->counter->maildrops, pop3->person);
      lock_event (pop3, "unlock");
    }
  pop3->person = NULL;
  g_clear_pointer (&pop3->view, gpo_view_free);
  g_clear_pointer (&pop3->marked, g_byte_array_unref);
}

static void
opened (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  GpoPop3 *pop3 = data;
  g_autoptr (GpoMailbox) mine = mailbox;
  if (!gpo_pop3_awake (pop3))
    return;
  if (error)
    {
      gpo_pop3_unlock (pop3);
      gpo_pop3_answerf (pop3, pop3->input, GPO_DEFERRED, "-ERR [SYS/TEMP] %s", error->message);
    }
  else
    {
      pop3->view = gpo_view_new (mailbox, TRUE);
      pop3->view->changed_data = pop3;
      pop3->marked = g_byte_array_new ();
      g_byte_array_set_size (pop3->marked, pop3->view->n);
      if (pop3->marked->len)
        memset (pop3->marked->data, 0, pop3->marked->len);
      gpo_pop3_answerf (pop3, pop3->input, GPO_OK, "+OK %u letters, %" G_GUINT64_FORMAT " octets", pop3->view->n, mailbox->size);
    }
  gpo_pop3_settle (pop3);
}

/* The person is who they say: locks the maildrop and opens it. */
static void
enter (GpoPop3 *pop3, GpoPerson *person)
{
  g_autoptr (GError) error = NULL;
  if (!g_hash_table_add (pop3->counter->maildrops, person))
    {
      gpo_pop3_answer (pop3, pop3->input, GPO_DEFERRED, NULL);
      return;
    }
  pop3->person = person;
  lock_event (pop3, "lock");
  GpoMailboxes *mailboxes = gpo_counter_mailboxes (pop3->counter, person, &error);
  if (!mailboxes)
    {
      gpo_pop3_unlock (pop3);
      gpo_pop3_answerf (pop3, pop3->input, GPO_DEFERRED, "-ERR [SYS/TEMP] %s", error->message);
      return;
    }
  gpo_pop3_wait (pop3);
  gpo_mailboxes_open (mailboxes, "INBOX", opened, pop3);
}

void
gpo_pop3_user (GpoPop3 *pop3, GpoPop3Command *command)
{
  if (needs_tls (pop3))
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_USER, GPO_NEEDS_TLS, NULL);
      return;
    }
  if (!command->length)
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_USER, GPO_SYNTAX, "-ERR expected a name behind USER");
      return;
    }
  g_free (pop3->name);
  pop3->name = g_strndup (command->argument, command->length);
  /* Whether there is such a person is told with PASS only. */
  gpo_pop3_answer (pop3, GPO_POP3_IN_USER, GPO_OK, NULL);
}

void
gpo_pop3_pass (GpoPop3 *pop3, GpoPop3Command *command)
{
  g_autofree char *password = g_strndup (command->argument ? command->argument : "", command->length);
  GpoPerson *person = gpo_host_person (pop3->counter->host, pop3->name);
  gboolean right = person && person->password && strcmp (person->password, password) == 0;
  auth_event (pop3, "PASS", pop3->name, right ? "ok" : "failed", right ? NULL : person ? "wrong password" : "no such person");
  if (right)
    enter (pop3, person);
  else
    gpo_pop3_answer (pop3, GPO_POP3_IN_PASS, GPO_REFUSED, NULL);
}

/* digest = MD5 of the greeting's stamp and the password, in hexadecimal: RFC 1939 §7. */
void
gpo_pop3_apop (GpoPop3 *pop3, GpoPop3Command *command)
{
  const char *space = command->length ? memchr (command->argument, ' ', command->length) : NULL;
  if (!space)
    {
      gpo_pop3_answer (pop3, GPO_POP3_IN_APOP, GPO_SYNTAX, "-ERR expected a name and a digest behind APOP");
      return;
    }
  g_autofree char *name = g_strndup (command->argument, (gsize) (space - command->argument));
  g_autofree char *digest = g_strndup (space + 1, command->length - (gsize) (space + 1 - command->argument));
  GpoPerson *person = gpo_host_person (pop3->counter->host, name);
  g_autofree char *text = g_strconcat (pop3->stamp, person && person->password ? person->password : "", NULL);
  g_autofree char *right = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
  gboolean good = person && person->password && g_ascii_strcasecmp (right, digest) == 0;
  auth_event (pop3, "APOP", name, good ? "ok" : "failed", good ? NULL : person ? "wrong digest" : "no such person");
  if (good)
    enter (pop3, person);
  else
    gpo_pop3_answer (pop3, GPO_POP3_IN_APOP, GPO_REFUSED, NULL);
}

/* --- AUTH --- */

static gboolean
offers_mechanism (GpoPop3 *pop3, const char *mechanism)
{
  char **list = pop3->counter->host->mechanisms;
  return !list || g_strv_contains ((const char *const *) list, mechanism);
}

static const char *
password_of (const char *user, gpointer data)
{
  GpoPop3 *pop3 = data;
  GpoPerson *person = gpo_host_person (pop3->counter->host, user);
  g_free (pop3->sasl_user);
  pop3->sasl_user = g_strdup (user);
  return person ? person->password : NULL;
}

static void
step (GpoPop3 *pop3, const char *line)
{
  g_autofree char *challenge = NULL, *why = NULL;
  g_autofree char *mechanism = g_strdup (gpo_sasl_mechanism_of (pop3->sasl));
  g_autofree char *said = line ? gpo_sasl_explain (mechanism, line) : NULL;
  GpoSaslStep result = gpo_sasl_step (pop3->sasl, line, &challenge, &why);
  if (result == GPO_SASL_MORE)
    {
      if (said)
        auth_event (pop3, mechanism, pop3->sasl_user, "more", said);
      gpo_pop3_answerf (pop3, pop3->input, GPO_MORE, "+ %s", challenge);
      return;
    }
  GpoPerson *person = result == GPO_SASL_DONE ? gpo_host_person (pop3->counter->host, gpo_sasl_person (pop3->sasl)) : NULL;
  g_clear_pointer (&pop3->sasl, gpo_sasl_free);
  auth_event (pop3, mechanism, pop3->sasl_user, person ? "ok" : "failed", person ? said : why);
  if (person)
    enter (pop3, person);
  else if (result == GPO_SASL_CANCELLED || result == GPO_SASL_SYNTAX)
    gpo_pop3_answerf (pop3, pop3->input, GPO_SYNTAX, "-ERR %s", why ? why : "not base64");
  else
    gpo_pop3_answer (pop3, pop3->input, GPO_REFUSED, NULL);
}

void
gpo_pop3_auth (GpoPop3 *pop3, GpoPop3Command *command)
{
  const char *space = command->length ? memchr (command->argument, ' ', command->length) : NULL;
  g_autofree char *name = g_strndup (command->argument ? command->argument : "",
                                     space ? (gsize) (space - command->argument) : command->length);
  g_autofree char *initial = space ? g_strndup (space + 1, command->length - (gsize) (space + 1 - command->argument)) : NULL;
  const char *mechanism = gpo_sasl_mechanism (name);
  if (needs_tls (pop3))
    gpo_pop3_answer (pop3, GPO_POP3_IN_AUTH, GPO_NEEDS_TLS, NULL);
  else if (!*name)
    {
      /* Older than RFC 5034: AUTH alone lists the mechanisms. */
      gpo_pop3_answer (pop3, GPO_POP3_IN_AUTH, GPO_EMPTY, NULL);
      for (const char *const *m = gpo_sasl_mechanisms (); *m; m++)
        if (offers_mechanism (pop3, *m))
          gpo_pop3_line (pop3, "%s", *m);
      gpo_pop3_line (pop3, ".");
    }
  else if (!mechanism || !offers_mechanism (pop3, mechanism)
           || !(pop3->sasl = gpo_sasl_server_new (mechanism, password_of, pop3, NULL)))
    gpo_pop3_answer (pop3, GPO_POP3_IN_AUTH, GPO_UNSUPPORTED, NULL);
  else
    step (pop3, initial);
}

void
gpo_pop3_auth_response (GpoPop3 *pop3, const char *line)
{
  pop3->input = GPO_POP3_IN_RESPONSE;
  step (pop3, line);
}

void
gpo_pop3_capa (GpoPop3 *pop3)
{
  gboolean outside = pop3->session.state != GPO_POP3_TRANSACTION;
  gpo_pop3_answer (pop3, GPO_POP3_IN_CAPA, GPO_OK, NULL);
  static const char *const always[] = { "TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "IMPLEMENTATION glasspost" };
  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    gpo_pop3_line (pop3, "%s", always[i]);
  if (outside && pop3->offers_tls && !pop3->session.tls)
    gpo_pop3_line (pop3, "STLS");
  if (!needs_tls (pop3))
    {
      g_autoptr (GString) sasl = g_string_new ("SASL");
      for (const char *const *m = gpo_sasl_mechanisms (); *m; m++)
        if (offers_mechanism (pop3, *m))
          g_string_append_printf (sasl, " %s", *m);
      gpo_pop3_line (pop3, "USER");
      gpo_pop3_line (pop3, "%s", sasl->str);
    }
  gpo_pop3_line (pop3, ".");
}
