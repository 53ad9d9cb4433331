/* SPDX-License-Identifier: MIT */
/* test-smtp-sender.c: the SMTP client against scripted servers, whole and one byte at a time.
 *
 * A script is lines: "S: " the server says it, "C: " the client must have said it next, "T: ok" or
 * "T: bad" the handshake ends so, "X" the connection breaks, "W" time is over, "Q" the user asks for the
 * end. What the user heard is a line per letter and one for the end. */
#include "roles/smtp-sender.h"
#include <check.h>
#include <string.h>

#define EHLO "S: 220 mx.example hello\nC: EHLO me.example\n"
#define ALL "S: 250-mx.example\nS: 250-PIPELINING\nS: 250-8BITMIME\nS: 250-DSN\nS: 250-SMTPUTF8\nS: 250 SIZE 1000\n"
#define READY EHLO ALL
#define PLAIN EHLO "S: 250-mx.example\nS: 250 SIZE\n"
#define MAIL "C: MAIL FROM:<alice@a.example> SIZE=18\n"
#define BOB "C: RCPT TO:<bob@b.example>\n"
#define CAROL "C: RCPT TO:<carol@b.example>\n"
#define BYE "C: QUIT\nS: 221 bye\n"
#define BODY "C: Subject: hi\nC: \nC: x\nC: .\n"

typedef struct
{
  const char *rule;
  const char *script;
  const char *heard; /* "bob=relayed 250; ended" */
  const char *to;    /* NULL: bob@b.example */
  const char *text;  /* NULL: a small letter */
  GpoBody body;
  gboolean utf8, dsn;
  GpoSenderTls tls;
  const char *user, *mechanism;
  guint letters;   /* 0: one */
  gboolean lonely; /* one command at a time though PIPELINING is offered */
} Case;

static const Case cases[] = {
  { "pipelined_letter_goes_in_two_steps",
    READY MAIL BOB "C: DATA\nS: 250 2.1.0 ok\nS: 250 2.1.5 ok\nS: 354 go\n" BODY "S: 250 2.0.0 taken\n" BYE,
    "bob=relayed 250 2.0.0; ended" },
  { "without_pipelining_each_reply_is_awaited",
    PLAIN MAIL "S: 250 ok\n" BOB "S: 250 ok\nC: DATA\nS: 354 go\n" BODY "S: 250 taken\n" BYE,
    "bob=relayed 250 2.0.0; ended" },
  { "pipelining_can_be_left_out", READY MAIL "S: 250 ok\n" BOB "S: 250 ok\nC: DATA\nS: 354 go\n" BODY "S: 250 taken\n" BYE,
    "bob=relayed 250 2.0.0; ended", .lonely = TRUE },
  { "helo_follows_a_refused_ehlo",
    EHLO "S: 502 no\nC: HELO me.example\nS: 250 mx\nC: MAIL FROM:<alice@a.example>\nS: 250 ok\n" BOB
         "S: 250 ok\nC: DATA\nS: 354 go\n" BODY "S: 250 ok\n" BYE,
    "bob=relayed 250 2.0.0; ended" },
  { "deferred_ehlo_ends_it", EHLO "S: 450 busy\n" BYE, "ended waiting 450 4.5.0" },
  { "refused_helo_ends_it", EHLO "S: 500 no\nC: HELO me.example\nS: 550 5.7.1 no\n" BYE, "ended failed 550 5.7.1" },
  { "refused_recipient_does_not_harm_the_other",
    READY MAIL BOB CAROL "C: DATA\nS: 250 ok\nS: 550 5.1.1 no bob\nS: 250 ok\nS: 354 go\n" BODY "S: 250 ok\n" BYE,
    "bob=failed 550 5.1.1, carol=relayed 250 2.0.0; ended", .to = "bob@b.example carol@b.example" },
  { "deferred_recipient_waits_alone",
    PLAIN MAIL "S: 250 ok\n" BOB "S: 250 ok\n" CAROL "S: 450 4.2.1 later\nC: DATA\nS: 354 go\n" BODY "S: 250 ok\n" BYE,
    "bob=relayed 250 2.0.0, carol=waiting 450 4.2.1; ended", .to = "bob@b.example carol@b.example" },
  { "too_many_recipients_is_never_final",
    PLAIN MAIL "S: 250 ok\n" BOB "S: 250 ok\n" CAROL "S: 552 too many\nC: DATA\nS: 354 go\n" BODY "S: 250 ok\n" BYE,
    "bob=relayed 250 2.0.0, carol=waiting 552 4.5.3; ended", .to = "bob@b.example carol@b.example" },
  { "all_recipients_refused_resets", PLAIN MAIL "S: 250 ok\n" BOB "S: 550 no\nC: RSET\nS: 250 ok\n" BYE,
    "bob=failed 550 5.0.0; ended" },
  { "all_recipients_refused_eats_the_answer_to_data",
    READY MAIL BOB "C: DATA\nS: 250 ok\nS: 550 no\nS: 503 none\nC: RSET\nS: 250 ok\n" BYE, "bob=failed 550 5.0.0; ended" },
  { "a_354_for_nobody_gets_a_lonely_dot",
    READY MAIL BOB "C: DATA\nS: 250 ok\nS: 550 no\nS: 354 go\nC: .\nS: 554 nobody\nC: RSET\nS: 250 ok\n" BYE,
    "bob=failed 550 5.0.0; ended" },
  { "refused_mail_fails_all_and_eats_what_follows",
    READY MAIL BOB "C: DATA\nS: 550 5.7.1 not you\nS: 503 no\nS: 503 no\nC: RSET\nS: 250 ok\n" BYE,
    "bob=failed 550 5.7.1; ended" },
  { "deferred_mail_without_pipelining", PLAIN MAIL "S: 451 4.3.0 disk\nC: RSET\nS: 250 ok\n" BYE,
    "bob=waiting 451 4.3.0; ended" },
  { "deferred_data_resets", READY MAIL BOB "C: DATA\nS: 250 ok\nS: 250 ok\nS: 451 4.3.1 full\nC: RSET\nS: 250 ok\n" BYE,
    "bob=waiting 451 4.3.1; ended" },
  { "refused_reset_ends_it", PLAIN MAIL "S: 250 ok\n" BOB "S: 550 no\nC: RSET\nS: 500 what\nC: QUIT\nS: 221 bye\n",
    "bob=failed 550 5.0.0; ended failed 500 5.5.0" },
  { "final_5xx_fails_the_letter", READY MAIL BOB "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n" BODY "S: 554 5.7.1 spam\n" BYE,
    "bob=failed 554 5.7.1; ended" },
  { "final_4xx_defers_the_letter",
    READY MAIL BOB "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n" BODY "S: 452 4.3.1 full\n" BYE,
    "bob=waiting 452 4.3.1; ended" },
  { "greeting_554_is_final", "S: 554 5.3.2 no mail here\n" BYE, "ended failed 554 5.3.2" },
  { "greeting_554_without_status_is_of_class_5", "S: 554 no mail here\n" BYE, "ended failed 554 5.3.2" },
  { "greeting_450_is_not", "S: 450 busy\n" BYE, "ended waiting 450 4.3.2" },
  { "greeting_of_many_lines", "S: 220-mx.example\nS: 220-be nice\nS: 220 ok\nC: EHLO me.example\nS: 250 mx\nX\n",
    "bob=waiting 0 4.4.2; ended waiting 0 4.4.2" },
  { "closing_421_defers", READY MAIL BOB "C: DATA\nS: 250 ok\nS: 421 4.3.2 going down\n",
    "bob=waiting 0 4.3.2; ended waiting 421 4.3.2" },
  { "lost_connection_defers", READY MAIL BOB "C: DATA\nS: 250 ok\nX\n", "bob=waiting 0 4.4.2; ended waiting 0 4.4.2" },
  { "lost_connection_keeps_what_is_final", READY MAIL BOB CAROL "C: DATA\nS: 250 ok\nS: 550 5.1.1 no\nS: 250 ok\nX\n",
    "bob=failed 550 5.1.1, carol=waiting 0 4.4.2; ended waiting 0 4.4.2", .to = "bob@b.example carol@b.example" },
  { "silence_defers", READY MAIL BOB "C: DATA\nW\n", "bob=waiting 0 4.4.2; ended waiting 0 4.4.2" },
  { "garbage_ends_it", READY MAIL BOB "C: DATA\nS: hello\n", "bob=waiting 0 4.5.0; ended waiting 0 4.5.0" },
  { "another_code_in_one_reply_ends_it", EHLO "S: 250-mx\nS: 251 SIZE\n", "ended waiting 0 4.5.0" },
  { "an_answer_of_the_wrong_class_ends_it", READY MAIL BOB "C: DATA\nS: 354 go\n",
    "bob=waiting 0 4.5.0; ended waiting 0 4.5.0" },
  { "dots_are_doubled_behind_crlf_only",
    READY "C: MAIL FROM:<alice@a.example> SIZE=18\n" BOB
          "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: ..\nC: ..a.\nC: b\nC: .c\nC: ..d\nC: .\n"
          "S: 250 ok\n" BYE,
    "bob=relayed 250 2.0.0; ended", .text = ".\r\n.a.\r\nb\n.c\r\n.d\r\n" },
  { "a_missing_last_crlf_is_added",
    READY "C: MAIL FROM:<alice@a.example> SIZE=4\n" BOB
          "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: a\nC: b\nC: .\nS: 250 ok\n" BYE,
    "bob=relayed 250 2.0.0; ended", .text = "a\r\nb" },
  { "an_empty_letter_is_a_dot",
    READY "C: MAIL FROM:<alice@a.example> SIZE=0\n" BOB "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: .\nS: 250 ok\n" BYE,
    "bob=relayed 250 2.0.0; ended", .text = "" },
  { "eight_bit_is_declared",
    READY "C: MAIL FROM:<alice@a.example> SIZE=18 BODY=8BITMIME\n" BOB "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n" BODY
          "S: 250 ok\n" BYE,
    "bob=relayed 250 2.0.0; ended", .body = GPO_BODY_8BITMIME },
  { "eight_bit_to_a_seven_bit_host_fails", PLAIN BYE, "bob=failed 0 5.6.3; ended", .body = GPO_BODY_8BITMIME },
  { "binary_fails", READY BYE, "bob=failed 0 5.6.3; ended", .body = GPO_BODY_BINARYMIME },
  { "utf8_to_an_old_host_fails", PLAIN BYE, "bob=failed 0 5.6.7; ended", .utf8 = TRUE },
  { "utf8_is_declared", READY "C: MAIL FROM:<alice@a.example> SIZE=18 SMTPUTF8\n" BOB "C: DATA\nX\n",
    "bob=waiting 0 4.4.2; ended waiting 0 4.4.2", .utf8 = TRUE },
  { "a_letter_over_the_size_offered_is_not_sent", EHLO "S: 250-mx.example\nS: 250 SIZE 16\n" BYE,
    "bob=failed 0 5.3.4; ended" },
  { "dsn_parameters_are_passed_on",
    READY "C: MAIL FROM:<alice@a.example> SIZE=18 RET=HDRS ENVID=e+3D1\nC: RCPT TO:<bob@b.example> NOTIFY=SUCCESS,DELAY "
          "ORCPT=rfc822;b+2Bb@c.example\nC: DATA\nX\n",
    "bob=waiting 0 4.4.2; ended waiting 0 4.4.2", .dsn = TRUE },
  { "dsn_parameters_are_kept_from_those_who_do_not_know_them", PLAIN MAIL "S: 250 ok\n" BOB "X\n",
    "bob=waiting 0 4.4.2; ended waiting 0 4.4.2", .dsn = TRUE },
  { "several_letters_use_one_connection",
    READY MAIL BOB "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n" BODY "S: 250 ok\n" MAIL BOB
                   "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n" BODY "S: 450 later\n" BYE,
    "bob=relayed 250 2.0.0; bob=waiting 450 4.0.0; ended", .letters = 2 },
  { "starttls_is_used_where_offered",
    EHLO "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nT: ok\nC: EHLO me.example\nS: 250 mx\nC: MAIL "
         "FROM:<alice@a.example>\nX\n",
    "bob=waiting 0 4.4.2; ended waiting 0 4.4.2", .tls = GPO_SENDER_TLS_WHERE_OFFERED },
  { "a_refused_starttls_goes_on_in_the_clear",
    EHLO "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now\nC: MAIL FROM:<alice@a.example>\nX\n",
    "bob=waiting 0 4.4.2; ended waiting 0 4.4.2", .tls = GPO_SENDER_TLS_WHERE_OFFERED },
  { "a_refused_starttls_ends_it_where_required", EHLO "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now\n" BYE,
    "ended failed 0 5.7.10", .tls = GPO_SENDER_TLS_REQUIRED },
  { "missing_starttls_ends_it_where_required", READY BYE, "ended failed 0 5.7.10", .tls = GPO_SENDER_TLS_REQUIRED },
  { "a_failed_handshake_ends_it", EHLO "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nT: bad\n",
    "ended waiting 0 4.7.5", .tls = GPO_SENDER_TLS_WHERE_OFFERED },
  { "auth_plain_gives_its_answer_at_once",
    EHLO "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AGFsaWNlAGdsYXNz\nS: 235 2.7.0 welcome\nC: MAIL "
         "FROM:<alice@a.example>\nX\n",
    "bob=waiting 0 4.4.2; ended waiting 0 4.4.2", .user = "alice" },
  { "auth_login_answers_challenges",
    EHLO "S: 250-mx\nS: 250 AUTH PLAIN LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YWxpY2U=\nS: 334 UGFzc3dvcmQ6\nC: "
         "Z2xhc3M=\nS: 235 ok\nC: MAIL FROM:<alice@a.example>\nX\n",
    "bob=waiting 0 4.4.2; ended waiting 0 4.4.2", .user = "alice", .mechanism = "LOGIN" },
  { "a_wrong_password_ends_it", EHLO "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AGFsaWNlAGdsYXNz\nS: 535 5.7.8 no\n" BYE,
    "ended failed 535 5.7.8", .user = "alice" },
  { "auth_that_is_not_offered_ends_it", READY BYE, "ended failed 0 5.7.8", .user = "alice" },
  { "an_unsolicited_421_while_idle_is_heard",
    READY MAIL BOB "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n" BODY "S: 250 ok\nS: 421 4.4.2 idle\n",
    "bob=relayed 250 2.0.0; ended waiting 421 4.4.2", .letters = 99 },
  { "idling_ends_with_quit", READY MAIL BOB "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n" BODY "S: 250 ok\nW\n" BYE,
    "bob=relayed 250 2.0.0; ended", .letters = 99 },
};

typedef struct
{
  const Case *c;
  GpoEnvelope *envelope;
  guint *recipients, sent;
  GString *heard;
} World;

static gssize
read_text (gpointer source, guint64 offset, char *buffer, gsize n, GError **error)
{
  gsize length = strlen (source);
  gsize take = offset < length ? MIN (n, length - offset) : 0;
  memcpy (buffer, (char *) source + offset, take);
  return (gssize) MIN (take, 3); /* in small pieces */
}

static const GpoLetterSource source_class = { read_text, g_free };

static const char *
state_word (GpoRecipientState state)
{
  return state == GPO_RCPT_RELAYED ? "relayed" : state == GPO_RCPT_FAILED ? "failed" : "waiting";
}

static void
on_ready (GpoSender *sender, gpointer data)
{
  World *world = data;
  guint letters = MAX (world->c->letters, 1);
  if (letters == 99 && world->sent)
    return; /* idle */
  if (world->sent == letters)
    {
      gpo_sender_quit (sender);
      return;
    }
  world->sent++;
  const char *text = world->c->text ? world->c->text : "Subject: hi\r\n\r\nx\r\n";
  GpoMailing mailing = { .envelope = world->envelope,
                         .recipients = world->recipients,
                         .n_recipients = world->envelope->recipients->len,
                         .size = strlen (text),
                         .class = &source_class,
                         .source = g_strdup (text) };
  gpo_sender_send (sender, &mailing);
}

static void
on_sent (GpoSender *sender, const GpoOutcome *outcomes, guint n, gpointer data)
{
  World *world = data;
  for (guint i = 0; i < n; i++)
    {
      const char *path = gpo_envelope_recipient (world->envelope, i)->path;
      ck_assert_ptr_nonnull (outcomes[i].reply);
      g_string_append_printf (world->heard, "%s%.*s=%s %d %s", i ? ", " : "", (int) (strchr (path, '@') - path), path,
                              state_word (outcomes[i].state), outcomes[i].code, outcomes[i].status);
    }
  g_string_append (world->heard, "; ");
}

static void
on_ended (GpoSender *sender, const GpoOutcome *why, gpointer data)
{
  World *world = data;
  g_string_append (world->heard, "ended");
  if (why)
    g_string_append_printf (world->heard, " %s %d %s", state_word (why->state), why->code, why->status);
}

static const GpoSenderUser user = { on_ready, on_sent, on_ended };

static void
say (GpoSession *session, const char *text, gboolean slowly)
{
  g_autofree char *line = g_strdup_printf ("%s\r\n", text);
  for (gsize i = 0, n = strlen (line); i < n; i += slowly ? 1 : n)
    gpo_session_receive (session, line + i, slowly ? 1 : n);
}

/* Takes the client's next line off its output; a bare LF does not end it. */
static void
expect (GpoSession *session, const char *line, const char *rule)
{
  const char *end = strpbrk (session->out->str, "\n");
  ck_assert_msg (end != NULL, "%s: the client does not say \"%s\"", rule, line);
  gsize n = (gsize) (end - session->out->str);
  g_autofree char *said = g_strndup (session->out->str, n && end[-1] == '\r' ? n - 1 : n);
  ck_assert_msg (strcmp (said, line) == 0, "%s: the client says \"%s\", not \"%s\"", rule, said, line);
  g_string_erase (session->out, 0, (gssize) n + 1);
}

static void
end_handshake (GpoSession *session, gboolean ok)
{
  g_autoptr (GError) error = ok ? NULL : g_error_new_literal (g_quark_from_string ("t"), 0, "bad certificate");
  ck_assert (session->wants_tls && session->pending == GPO_PENDING_TLS);
  session->wants_tls = FALSE;
  session->pending = GPO_PENDING_NONE;
  session->class->secured (session, "TLS", error);
  gpo_session_resume (session);
}

static void
play (GpoSession *session, const Case *c, gboolean slowly)
{
  g_auto (GStrv) lines = g_strsplit (c->script, "\n", -1);
  for (char **l = lines; *l && **l; l++)
    switch (**l)
      {
      case 'S':
        say (session, *l + 3, slowly);
        break;
      case 'C':
        expect (session, *l + 3, c->rule);
        break;
      case 'T':
        end_handshake (session, strcmp (*l + 3, "ok") == 0);
        break;
      case 'X':
        g_string_truncate (session->out, 0);
        session->class->lost (session, "cut");
        break;
      case 'W':
        g_string_truncate (session->out, 0);
        session->class->timed_out (session);
        break;
      default:
        ck_abort_msg ("bad script line %s", *l);
      }
}

static void
fill_envelope (GpoEnvelope *envelope, const Case *c)
{
  g_auto (GStrv) to = g_strsplit (c->to ? c->to : "bob@b.example", " ", -1);
  g_free (envelope->reverse_path);
  envelope->reverse_path = g_strdup ("alice@a.example");
  envelope->has_sender = TRUE;
  envelope->body = c->body;
  envelope->smtputf8 = c->utf8;
  envelope->letter = 7;
  for (char **t = to; *t; t++)
    gpo_envelope_add (envelope, *t);
  if (!c->dsn)
    return;
  envelope->ret = GPO_RET_HDRS;
  envelope->envid = g_strdup ("e=1");
  gpo_envelope_recipient (envelope, 0)->notify = GPO_NOTIFY_SUCCESS | GPO_NOTIFY_DELAY;
  gpo_envelope_recipient (envelope, 0)->orcpt = g_strdup ("rfc822;b+b@c.example");
}

START_TEST (script)
{
  const Case *c = &cases[_i / 2];
  GpoLog *log = gpo_log_new ();
  guint recipients[] = { 0, 1, 2 };
  World world = { c, gpo_envelope_new (), recipients, 0, g_string_new (NULL) };
  fill_envelope (world.envelope, c);
  GpoSenderOptions options = { .name = "me.example",
                               .tls = c->tls,
                               .user = c->user,
                               .password = "glass",
                               .mechanism = c->mechanism,
                               .no_pipelining = c->lonely,
                               .idle_ms = 1000 };
  GpoSender *sender = gpo_sender_new (&options, log, gpo_symbol ("athens"), 1, &user, &world);
  GpoSession *session = gpo_sender_session (sender);
  gpo_sender_connected (session, NULL);
  play (session, c, _i % 2);
  ck_assert_msg (session->out->len == 0, "%s: the client says too much: %s", c->rule, session->out->str);
  ck_assert_msg (strcmp (world.heard->str, c->heard) == 0, "%s: heard \"%s\", not \"%s\"", c->rule, world.heard->str,
                 c->heard);
  ck_assert_msg (session->state == GPO_SMTP_CLIENT_CLOSED && session->closing, "%s ends in %s", c->rule,
                 session->machine->states[session->state]);
  gpo_session_free (session);
  gpo_envelope_free (world.envelope);
  g_string_free (world.heard, TRUE);
  gpo_log_free (log);
}
END_TEST

/* --- large letters: what there is room for, and no more --- */

typedef struct
{
  guint64 size, read;
  gboolean broken;
} Large;

static gssize
read_large (gpointer source, guint64 offset, char *buffer, gsize n, GError **error)
{
  Large *large = source;
  if (large->broken && offset > 1000)
    {
      g_set_error_literal (error, g_quark_from_string ("t"), 0, "disk on fire");
      return -1;
    }
  n = MIN (n, large->size - offset);
  for (gsize i = 0; i < n; i++)
    buffer[i] = (offset + i) % 64 == 62 ? '\r' : (offset + i) % 64 == 63 ? '\n' : 'x';
  large->read += n;
  return (gssize) n;
}

static void
keep_large (gpointer source)
{
}

static const GpoLetterSource large_class = { read_large, keep_large };

static void
ready_large (GpoSender *sender, gpointer data)
{
  World *world = data;
  guint recipient = 0;
  GpoMailing mailing = { world->envelope, &recipient, 1, 50 * 1024 * 1024, &large_class, world->recipients };
  if (world->sent++)
    gpo_sender_quit (sender);
  else
    gpo_sender_send (sender, &mailing);
}

static const GpoSenderUser large_user = { ready_large, on_sent, on_ended };

static GpoSender *
begin_large (World *world, Large *large, GpoLog *log)
{
  static const Case c = { "large" };
  GpoSenderOptions options = { .name = "me.example" };
  *world = (World){ &c, gpo_envelope_new (), (guint *) large, 0, g_string_new (NULL) };
  fill_envelope (world->envelope, &c);
  gpo_log_set_enabled (log, FALSE);
  GpoSender *sender = gpo_sender_new (&options, log, gpo_symbol ("athens"), 1, &large_user, world);
  GpoSession *session = gpo_sender_session (sender);
  gpo_sender_connected (session, NULL);
  static const char *const said[] = { "220 mx", "250-mx", "250 PIPELINING", "250 ok", "250 ok", "354 go" };
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    say (session, said[i], FALSE);
  return sender;
}

static void
end_large (World *world, GpoSender *sender, GpoLog *log, const char *heard)
{
  ck_assert_str_eq (world->heard->str, heard);
  gpo_session_free (gpo_sender_session (sender));
  gpo_envelope_free (world->envelope);
  g_string_free (world->heard, TRUE);
  gpo_log_free (log);
}

START_TEST (a_large_letter_takes_no_memory)
{
  GpoLog *log = gpo_log_new ();
  Large large = { 50 * 1024 * 1024 };
  World world;
  GpoSender *sender = begin_large (&world, &large, log);
  GpoSession *session = gpo_sender_session (sender);
  guint64 total = 0;
  gsize most = 0;
  while (session->out->len && !g_str_has_suffix (session->out->str, "\r\n.\r\n"))
    {
      most = MAX (most, session->out->len);
      total += session->out->len;
      g_string_truncate (session->out, 0);
      session->class->drained (session);
    }
  ck_assert_uint_gt (total + session->out->len, large.size);
  ck_assert_uint_le (most, GPO_OUTPUT_MARK + 32 * 1024);
  g_string_truncate (session->out, 0);
  say (session, "250 ok", FALSE);
  say (session, "221 bye", FALSE);
  end_large (&world, sender, log, "bob=relayed 250 2.0.0; ended");
}
END_TEST

START_TEST (an_answer_before_the_dot_decides_and_ends)
{
  GpoLog *log = gpo_log_new ();
  Large large = { 50 * 1024 * 1024 };
  World world;
  GpoSender *sender = begin_large (&world, &large, log);
  say (gpo_sender_session (sender), "552 5.3.4 too big", FALSE);
  ck_assert (gpo_sender_session (sender)->closing);
  end_large (&world, sender, log, "bob=failed 552 5.3.4; ended waiting 0 4.4.2");
}
END_TEST

START_TEST (a_letter_that_cannot_be_read_is_never_finished)
{
  GpoLog *log = gpo_log_new ();
  Large large = { 50 * 1024 * 1024, 0, TRUE };
  World world;
  GpoSender *sender = begin_large (&world, &large, log);
  ck_assert_ptr_null (strstr (gpo_sender_session (sender)->out->str, "\r\n.\r\n"));
  ck_assert (gpo_sender_session (sender)->closing);
  end_large (&world, sender, log, "bob=waiting 0 4.3.0; ended waiting 0 4.3.0");
}
END_TEST

START_TEST (plaintext_behind_starttls_is_thrown_away)
{
  GpoLog *log = gpo_log_new ();
  static const Case c = { "injection" };
  World world = { &c, gpo_envelope_new (), NULL, 0, g_string_new (NULL) };
  GpoSenderOptions options = { .name = "me.example", .tls = GPO_SENDER_TLS_REQUIRED };
  GpoSender *sender = gpo_sender_new (&options, log, gpo_symbol ("athens"), 1, &user, &world);
  GpoSession *session = gpo_sender_session (sender);
  static const char bytes[] = "220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n";
  gpo_sender_connected (session, NULL);
  say (session, "220 mx", FALSE);
  say (session, "250-mx", FALSE);
  say (session, "250 STARTTLS", FALSE);
  gpo_session_receive (session, bytes, strlen (bytes));
  end_handshake (session, TRUE);
  ck_assert_uint_eq (session->state, GPO_SMTP_CLIENT_EHLO);
  ck_assert_ptr_null (gpo_sender_offer (sender)->auth);
  gpo_sender_forget (sender);
  end_large (&world, sender, log, "");
}
END_TEST

START_TEST (a_refused_connection_is_told)
{
  GpoLog *log = gpo_log_new ();
  static const Case c = { "refused" };
  World world = { &c, gpo_envelope_new (), NULL, 0, g_string_new (NULL) };
  GpoSenderOptions options = { .name = "me.example" };
  GpoSender *sender = gpo_sender_new (&options, log, gpo_symbol ("athens"), 1, &user, &world);
  g_autoptr (GError) error = g_error_new_literal (g_quark_from_string ("t"), 0, "Connection refused");
  gpo_sender_connected (gpo_sender_session (sender), error);
  end_large (&world, sender, log, "ended waiting 0 4.4.1");
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("smtp-sender");
  TCase *scripts = tcase_create ("scripts");
  tcase_add_loop_test (scripts, script, 0, 2 * G_N_ELEMENTS (cases));
  suite_add_tcase (s, scripts);
  TCase *rest = tcase_create ("rest");
  tcase_add_test (rest, a_large_letter_takes_no_memory);
  tcase_add_test (rest, an_answer_before_the_dot_decides_and_ends);
  tcase_add_test (rest, a_letter_that_cannot_be_read_is_never_finished);
  tcase_add_test (rest, plaintext_behind_starttls_is_thrown_away);
  tcase_add_test (rest, a_refused_connection_is_told);
  suite_add_tcase (s, rest);
  return s;
}

#include "check-main.h"
