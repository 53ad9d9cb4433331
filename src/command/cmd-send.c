/* SPDX-License-Identifier: MIT */
/* cmd-send.c: `glasspost send`: a small SMTP client for the command line.
 *
 * It runs the very session that gateways send with (roles/smtp-sender.h) on a connection of its own, and
 * a trace of its own, from which --verbose prints. */
#include "command/command.h"
#include "command/send.h"
#include "letter/address.h"
#include "roles/desk.h"
#include "roles/smtp-sender.h"
#include "trace/transcript.h"
#include "wire/tls.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TOY_PASSWORD "glass"
#define CONNECT_MS (30 * 1000)

typedef struct
{
  char *from, *server, *auth, *mechanism, *tls, *ca;
  char **to;
  gboolean verbose, add_missing;
  GpoSendOffice found; /* without --server */

  GpoOfficeParts office;
  GpoPost post;
  GpoTls *client_tls;
  GpoLogReader *reader;
  guint64 printed; /* events looked at */
  GMainLoop *loop;
  GpoEnvelope *envelope;
  GBytes *letter;
  gboolean given, told; /* the letter was handed over; its fate or the end was said */
  int status;
} Send;

/* --- what --verbose prints: the trace's lines --- */

static void
print_line (const char *arrow, const char *text, gsize length)
{
  while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
    length--;
  g_autoptr (GString) harmless = g_string_new (NULL);
  gpo_escape_text (harmless, text, length, GPO_TRANSCRIPT_PLAIN);
  printf ("%s %s\n", arrow, harmless->str);
}

static void
print_event (const GpoEvent *event)
{
  gsize length = 0;
  const char *from = gpo_event_text (event, GPO_FIELD_FROM, NULL);
  if (event->kind == GPO_KIND_LINE)
    {
      const char *text = gpo_event_text (event, GPO_FIELD_TEXT, &length);
      print_line (g_strcmp0 (from, "client") == 0 ? "->" : "<-", text ? text : "", length);
    }
  else if (event->kind == GPO_KIND_DATA)
    printf ("-> (%" G_GINT64_FORMAT " bytes of the letter)\n", gpo_event_number (event, GPO_FIELD_LENGTH, 0));
}

static void
print_trace (Send *send)
{
  for (; send->verbose && send->printed < gpo_log_length (send->office.log); send->printed++)
    print_event (gpo_log_get (send->office.log, send->printed));
  fflush (stdout);
}

static gboolean
print_now (gpointer data)
{
  Send *send = data;
  print_trace (send);
  gpo_log_reader_sleep (send->reader, send->printed);
  return G_SOURCE_REMOVE;
}

static void
woken (gpointer data)
{
  g_idle_add (print_now, data);
}

/* --- the letter --- */

/* FALSE with the status set. */
static gboolean
read_letter (Send *send, const char *name)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  send->letter = gpo_send_read_letter (name, send->add_missing ? send->from : NULL, &error);
  if (!send->letter)
    {
      send->status
          = gpo_command_fail ("%s; name a file with a letter, or - for standard input", error->message);
      return FALSE;
    }
  const char *bytes = g_bytes_get_data (send->letter, &length);
  gpo_envelope_note_needs (send->envelope, bytes, length);
  return TRUE;
}

/* --- what becomes of it --- */

static void
on_ready (GpoSender *sender, gpointer data)
{
  Send *send = data;
  if (send->given)
    {
      gpo_sender_quit (sender);
      return;
    }
  send->given = TRUE;
  gpo_sender_send_bytes (sender, send->envelope, send->letter);
}

static void
on_sent (GpoSender *sender, const GpoOutcome *outcomes, guint n, gpointer data)
{
  Send *send = data;
  print_trace (send);
  send->told = TRUE;
  for (guint i = 0; i < n; i++)
    {
      const char *path = gpo_envelope_recipient (send->envelope, i)->path;
      if (outcomes[i].state == GPO_RCPT_RELAYED)
        continue;
      const char *cure = outcomes[i].state == GPO_RCPT_WAITING ? "; try again later"
                         : outcomes[i].code == 530             ? "; log in with --auth USER:PASSWORD"
                                                               : "";
      send->status = gpo_command_fail ("not sent to %s: %s%s", path, outcomes[i].reply, cure);
    }
}

/* What to do about a call that failed: "; …", or nothing. */
static const char *
cure_of (const Send *send, const GpoOutcome *why)
{
  if (strcmp (why->status, "4.4.1") == 0)
    return send->server ? "; is a server there?"
                        : "; start an office with: glasspost serve, or name a server with --server HOST:PORT";
  if (strcmp (why->status, "4.7.5") == 0 && g_strcmp0 (send->tls, "implicit") == 0
      && strstr (why->reply, "does not speak TLS"))
    return "; try --tls starttls, or name the port that begins with TLS";
  if (strcmp (why->status, "4.7.5") == 0)
    return "; an office's certificate is trusted with --ca STORE/tls/ca.pem";
  if (strcmp (why->status, "5.7.8") == 0)
    return "; log in with --auth USER:PASSWORD";
  return "";
}

static void
on_ended (GpoSender *sender, const GpoOutcome *why, gpointer data)
{
  Send *send = data;
  print_trace (send);
  if (!why || send->told)
    return;
  send->told = TRUE;
  send->status = gpo_command_fail ("%s: %s%s", send->server ? send->server : send->found.server, why->reply,
                                   cure_of (send, why));
}

static const GpoSenderUser user = { on_ready, on_sent, on_ended };

static void
on_closed (GpoDesk *desk, gpointer data)
{
  Send *send = data;
  g_main_loop_quit (send->loop);
}

/* --- the options --- */

static gboolean
parse_address (Send *send, const char *option, const char *text)
{
  GpoPath path;
  const char *expected;
  gsize where;
  if (gpo_mailbox_parse (text, strlen (text), TRUE, &path, &expected, &where))
    {
      send->envelope->smtputf8 |= path.utf8;
      return TRUE;
    }
  send->status = gpo_command_usage ("%s \"%s\" is no address: at character %" G_GSIZE_FORMAT
                                    " %s should stand; write it "
                                    "like bob@sparta.example",
                                    option, text, where + 1, expected);
  return FALSE;
}

static gboolean
fill_envelope (Send *send)
{
  if (!send->from || !send->to || !*send->to)
    {
      send->status = gpo_command_usage (
          "who writes to whom? give --from ADDRESS and --to ADDRESS (--from '' is the null "
          "reverse-path)");
      return FALSE;
    }
  if (*send->from && !parse_address (send, "--from", send->from))
    return FALSE;
  for (char **to = send->to; *to; to++)
    {
      if (!parse_address (send, "--to", *to))
        return FALSE;
      gpo_envelope_add (send->envelope, *to);
    }
  g_free (send->envelope->reverse_path);
  send->envelope->reverse_path = g_strdup (send->from);
  send->envelope->has_sender = TRUE;
  return TRUE;
}

static gboolean
choose_tls (Send *send, GpoSenderTls *how)
{
  static const struct
  {
    const char *word;
    GpoSenderTls how;
  } ways[] = { { "none", GPO_SENDER_TLS_NONE },
               { "starttls", GPO_SENDER_TLS_WHERE_OFFERED },
               { "require", GPO_SENDER_TLS_REQUIRED },
               { "implicit", GPO_SENDER_TLS_IMPLICIT } };
  guint i = 0;
  while (i < G_N_ELEMENTS (ways) && strcmp (ways[i].word, send->tls ? send->tls : "starttls") != 0)
    i++;
  if (i == G_N_ELEMENTS (ways))
    {
      send->status
          = gpo_command_usage ("--tls is none, starttls, require or implicit, not \"%s\"", send->tls);
      return FALSE;
    }
  *how = ways[i].how;
  gboolean insists = *how >= GPO_SENDER_TLS_REQUIRED;
  const char *ca = send->ca ? send->ca : insists ? send->found.ca : NULL;
  if (ca)
    {
      g_autoptr (GError) error = NULL;
      send->client_tls = gpo_tls_new_client_for (ca);
      if (gpo_tls_load (send->client_tls, &error))
        return TRUE;
      send->status = gpo_command_fail (
          "%s; --ca names a file of certificates in PEM, an office's is STORE/tls/ca.pem", error->message);
      return FALSE;
    }
  send->client_tls = gpo_tls_new_client (insists ? GPO_TLS_TRUST_SYSTEM : GPO_TLS_TRUST_ANY, NULL);
  return TRUE;
}

/* getpass() asks there, so that a letter may come on standard input all the same. */
static gboolean
has_terminal (void)
{
  int fd = open ("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

/* USER[:PASS]. Without --server the toy password of the default world will do. */
static gboolean
choose_login (Send *send, char **login, char **password)
{
  *login = *password = NULL;
  if (!send->auth && !send->server && *send->from)
    {
      *login = gpo_path_local (send->from);
      *password = g_strdup (TOY_PASSWORD);
    }
  if (!send->auth)
    return TRUE;
  const char *colon = strchr (send->auth, ':');
  *login = colon ? g_strndup (send->auth, (gsize) (colon - send->auth)) : g_strdup (send->auth);
  if (!colon && !has_terminal ())
    {
      send->status = gpo_command_usage (
          "the password of %s cannot be asked for here; write --auth %s:PASSWORD", *login, *login);
      return FALSE;
    }
  *password = g_strdup (colon ? colon + 1 : getpass ("Password: "));
  return TRUE;
}

/* --- the call --- */

static void
call (Send *send, const GpoSenderOptions *options, const char *host, guint16 port)
{
  GpoOfficeParts *office = &send->office;
  office->world = gpo_world_new ();
  office->log = gpo_log_new ();
  office->clock = gpo_clock_new (NULL);
  office->outgoing = g_hash_table_new (NULL, NULL);
  office->listening = g_hash_table_new (NULL, NULL);
  gpo_post_init (&send->post, office, gpo_world_add_host (office->world, "send", options->name));
  send->loop = g_main_loop_new (NULL, FALSE);
  if (send->verbose)
    {
      send->reader = gpo_log_reader_new (office->log, 0, woken, send);
      gpo_log_reader_sleep (send->reader, 0);
    }
  GpoSender *sender = gpo_sender_new (options, office->log, gpo_symbol ("send"), 0, &user, send);
  gpo_desk_call (&send->post, host, port, CONNECT_MS, send->client_tls, host, gpo_sender_session (sender),
                 gpo_sender_connected, on_closed, send);
  g_main_loop_run (send->loop);
  print_trace (send);
  while (g_idle_remove_by_data (send))
    ;
  g_clear_pointer (&send->reader, gpo_log_reader_free);
  g_main_loop_unref (send->loop);
  while (g_main_context_iteration (NULL, FALSE))
    ; /* the desk frees itself behind on_closed */
  gpo_post_finish (&send->post);
  gpo_clock_free (office->clock);
  gpo_log_free (office->log);
  g_hash_table_unref (office->outgoing);
  g_hash_table_unref (office->listening);
  gpo_world_free (office->world);
}

static void
run (Send *send, const char *file)
{
  g_autofree char *login = NULL, *password = NULL;
  g_autoptr (GError) error = NULL;
  GpoSenderOptions options = { .name = g_get_host_name (), .mechanism = send->mechanism };
  if (!fill_envelope (send))
    return;
  if (!send->server)
    gpo_send_find_office (send->from, &send->found);
  if (!choose_tls (send, &options.tls))
    return;
  g_autoptr (GSocketConnectable) server
      = g_network_address_parse (send->server ? send->server : send->found.server, 587, &error);
  if (!server)
    {
      send->status = gpo_command_usage ("--server \"%s\" is not HOST:PORT: %s", send->server, error->message);
      return;
    }
  if (send->mechanism && !gpo_sasl_mechanism (send->mechanism))
    {
      g_autofree char *known = gpo_sasl_list (TRUE, ", ");
      send->status
          = gpo_command_usage ("--mechanism \"%s\" is not known; there are %s", send->mechanism, known);
      return;
    }
  if (!choose_login (send, &login, &password) || !read_letter (send, file))
    return;
  options.user = login;
  options.password = password;
  call (send, &options, g_network_address_get_hostname (G_NETWORK_ADDRESS (server)),
        g_network_address_get_port (G_NETWORK_ADDRESS (server)));
}

int
gpo_cmd_send (int argc, char **argv)
{
  Send send = { .status = GPO_EXIT_OK };
  const GOptionEntry entries[]
      = { { "from", 0, 0, G_OPTION_ARG_STRING, &send.from, "Reverse-path: who writes", "ADDRESS" },
          { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &send.to, "Forward-path; may be given several times",
            "ADDRESS" },
          { "server", 0, 0, G_OPTION_ARG_STRING, &send.server,
            "Server (default: the running office's, where the writer lives, or " GPO_SEND_DEFAULT ")",
            "HOST:PORT" },
          { "auth", 0, 0, G_OPTION_ARG_STRING, &send.auth,
            "Log in; without --server as the writer, with the toy password", "USER[:PASSWORD]" },
          { "mechanism", 0, 0, G_OPTION_ARG_STRING, &send.mechanism,
            "How to log in (default: the strongest offered)", "NAME" },
          { "tls", 0, 0, G_OPTION_ARG_STRING, &send.tls,
            "none, starttls (where offered; default), require or implicit", "HOW" },
          { "ca", 0, 0, G_OPTION_ARG_FILENAME, &send.ca,
            "Trust servers that these authorities (PEM) certified, and no others", "FILE" },
          { "add-missing", 0, 0, G_OPTION_ARG_NONE, &send.add_missing,
            "Add From, Date and Message-ID where they are missing", NULL },
          { "verbose", 'v', 0, G_OPTION_ARG_NONE, &send.verbose,
            "Show the dialogue: -> what is said, <- what is answered", NULL },
          { NULL } };
  int status;
  if (!gpo_command_parse (entries, &argc, &argv, &status))
    return status;
  if (argc > 2)
    return gpo_command_usage ("send takes one letter, not also \"%s\"", argv[2]);
  send.envelope = gpo_envelope_new ();
  run (&send, argc > 1 ? argv[1] : NULL);
  gpo_envelope_free (send.envelope);
  gpo_send_office_clear (&send.found);
  g_clear_pointer (&send.letter, g_bytes_unref);
  g_clear_pointer (&send.client_tls, gpo_tls_unref);
  g_strfreev (send.to);
  g_free (send.from);
  g_free (send.server);
  g_free (send.auth);
  g_free (send.mechanism);
  g_free (send.tls);
  g_free (send.ca);
  return send.status;
}
