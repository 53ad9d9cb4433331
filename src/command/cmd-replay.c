/* SPDX-License-Identifier: MIT */
/* cmd-replay.c: `glasspost replay TRACE`: in the window, on a terminal (--text), or against a live server
 * (--against). */
#include "command/command.h"
#include "command/replay.h"
#include <gio/gio.h>
#include <math.h>
#include <string.h>

/* The password of everybody in the worlds that come with the office; said to loopback only. */
#define TOY_PASSWORD "glass"
#define TIMEOUT_S 10

typedef struct
{
  GpoReplayText text;
  GpoReplayAgainst against;
  gboolean on_terminal, tls, strict, anywhere, verbose;
  char *speed, *server, *junit, *ca, *login, **replace;
  int session, timeout;
} Options;

/* --- against --- */

/* A name is looked up, so that no name leads elsewhere unasked. */
static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) literal = g_inet_address_new_from_string (host);
  if (literal)
    return g_inet_address_get_is_loopback (literal);
  GList *found = g_resolver_lookup_by_name (g_resolver_get_default (), host, NULL, NULL);
  gboolean all = found != NULL;
  for (GList *one = found; one; one = one->next)
    all &= g_inet_address_get_is_loopback (one->data);
  g_resolver_free_addresses (found);
  return all;
}

/* "OLD=NEW" … to OLD, NEW, …; NULL if one has no "=" or nothing before it. */
static GPtrArray *
read_words (char **replace, const char **bad)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  for (; replace && *replace; replace++)
    {
      const char *equals = strchr (*replace, '=');
      *bad = *replace;
      if (!equals || equals == *replace)
        return NULL;
      g_ptr_array_add (words, g_strndup (*replace, (gsize) (equals - *replace)));
      g_ptr_array_add (words, g_strdup (equals + 1));
    }
  g_ptr_array_add (words, NULL);
  return g_steal_pointer (&words);
}

static int
play_against (Options *options, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnectable) server = g_network_address_parse (options->server, 0, &error);
  guint16 port = server ? g_network_address_get_port (G_NETWORK_ADDRESS (server)) : 0;
  if (!port)
    return gpo_command_usage ("--against \"%s\" is not HOST:PORT%s%s", options->server, error ? ": " : "",
                              error ? error->message : "");
  const char *host = g_network_address_get_hostname (G_NETWORK_ADDRESS (server)), *bad = NULL;
  gboolean loopback = is_loopback (host);
  if (!loopback && !options->anywhere)
    return gpo_command_usage ("%s is not on this machine; a trace says whatever was recorded, so say "
                              "--anywhere if that server is yours",
                              host);
  g_autoptr (GPtrArray) words = read_words (options->replace, &bad);
  if (!words)
    return gpo_command_usage ("--replace \"%s\" is not OLD=NEW", bad);
  if (options->timeout < 1 || options->session < 0)
    return gpo_command_usage ("--timeout and --session take numbers from 1 on");
  g_auto (GStrv) login = options->login ? g_strsplit (options->login, ":", 2) : NULL;
  if (login && !login[1])
    return gpo_command_usage ("--login \"%s\" is not NAME:PASSWORD", options->login);
  g_autoptr (GpoTls) tls
      = options->ca ? gpo_tls_new_client_for (options->ca) : gpo_tls_new_client (GPO_TLS_TRUST_ANY, NULL);
  if (options->ca && !gpo_tls_load (tls, &error))
    return gpo_command_usage ("%s; --ca names a file of certificates in PEM", error->message);
  GpoReplayAgainst against = {
    .target
    = { host, port, tls, options->tls, (guint) MIN (options->timeout, 3600) * 1000, login ? login[0] : NULL,
        login      ? login[1]
        : loopback ? TOY_PASSWORD
                   : NULL,
        (const char *const *) words->pdata, options->strict },
    .session = (guint) options->session,
    .junit = options->junit,
    .verbose = options->verbose,
  };
  return gpo_replay_against (path, &against);
}

/* --- on a terminal, in the window --- */

static int
play_text (Options *options, const char *path)
{
  options->text.speed = 1;
  if (options->speed && strcmp (options->speed, "max") == 0)
    options->text.speed = 0;
  else if (options->speed)
    {
      char *end;
      options->text.speed = g_ascii_strtod (options->speed, &end);
      if (*end || !isfinite (options->text.speed) || options->text.speed <= 0)
        return gpo_command_usage ("--speed is a number such as 0.5 or 10, or max, not \"%s\"",
                                  options->speed);
    }
  return gpo_replay_text (path, &options->text);
}

static int
play_in_window (const Options *options, const char *path)
{
  if (!g_getenv ("DISPLAY") && !g_getenv ("WAYLAND_DISPLAY"))
    return gpo_command_fail (
        "there is no display for the window; play on the terminal: glasspost replay --text %s", path);
  const char *arguments[]
      = { options->text.follow ? "--follow" : path, options->text.follow ? path : NULL, NULL };
  return gpo_command_open_window (arguments);
}

static int
run (Options *options, int argc, char **argv)
{
  const char *only = NULL;
  if (argc < 2)
    return gpo_command_usage ("replay needs a trace file; try: glasspost replay --help");
  if (argc > 2)
    return gpo_command_usage ("replay takes one trace, not also \"%s\"", argv[2]);
  if (!options->server)
    only = options->junit     ? "--junit"
           : options->login   ? "--login"
           : options->replace ? "--replace"
           : options->tls     ? "--tls"
           : options->ca      ? "--ca"
           : options->strict  ? "--strict"
           : options->session ? "--session"
                              : NULL;
  if (only)
    return gpo_command_usage ("%s goes with --against", only);
  if (options->server && (options->on_terminal || options->text.follow || options->speed))
    return gpo_command_usage (
        "--against plays at the pace of the server; --text, --follow and --speed do not go with it");
  if (options->server)
    return play_against (options, argv[1]);
  if (!options->on_terminal && options->speed)
    return gpo_command_usage ("--speed goes with --text; the window has buttons for it");
  return options->on_terminal ? play_text (options, argv[1]) : play_in_window (options, argv[1]);
}

int
gpo_cmd_replay (int argc, char **argv)
{
  Options options = { .timeout = TIMEOUT_S };
  const GOptionEntry entries[]
      = { { "text", 0, 0, G_OPTION_ARG_NONE, &options.on_terminal,
            "Play on the terminal, with the recorded pauses", NULL },
          { "speed", 0, 0, G_OPTION_ARG_STRING, &options.speed, "With --text: times as fast, or max", "N" },
          { "follow", 'f', 0, G_OPTION_ARG_NONE, &options.text.follow, "Go on as the file grows", NULL },
          { "data", 'd', 0, G_OPTION_ARG_NONE, &options.text.data, "With --text: show the bytes of letters",
            NULL },
          { "bytes", 'b', 0, G_OPTION_ARG_NONE, &options.text.bytes,
            "With --text: make CR, LF, TAB and bytes beyond ASCII visible", NULL },
          { "ascii", 0, 0, G_OPTION_ARG_NONE, &options.text.ascii, "With --text: write ASCII only", NULL },
          { "no-color", 0, 0, G_OPTION_ARG_NONE, &options.text.plain,
            "With --text: write no colours (nor does NO_COLOR=1 or a pipe)", NULL },
          { "against", 0, 0, G_OPTION_ARG_STRING, &options.server,
            "Play the client's side against this server and compare the answers; TRACE may be a folder",
            "HOST:PORT" },
          { "session", 0, 0, G_OPTION_ARG_INT, &options.session, "With --against: only this session", "N" },
          { "junit", 0, 0, G_OPTION_ARG_FILENAME, &options.junit,
            "With --against: write a report in JUnit's XML", "FILE" },
          { "strict", 0, 0, G_OPTION_ARG_NONE, &options.strict,
            "With --against: remarks count as differences", NULL },
          { "login", 0, 0, G_OPTION_ARG_STRING, &options.login, "With --against: log in so, not as recorded",
            "NAME:PASSWORD" },
          { "replace", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.replace,
            "With --against: say NEW wherever a line has OLD; may be given several times", "OLD=NEW" },
          { "tls", 0, 0, G_OPTION_ARG_NONE, &options.tls, "With --against: TLS before the greeting", NULL },
          { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options.ca,
            "With --against: trust servers that these authorities (PEM) certified, and no others", "FILE" },
          { "timeout", 0, 0, G_OPTION_ARG_INT, &options.timeout,
            "With --against: seconds to wait for an answer (default 10)", "S" },
          { "anywhere", 0, 0, G_OPTION_ARG_NONE, &options.anywhere,
            "With --against: also a server that is not on this machine", NULL },
          { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options.verbose,
            "With --against: of a folder too, show the answers that agree", NULL },
          { NULL } };
  int status;
  if (gpo_command_parse (entries, &argc, &argv, &status))
    status = run (&options, argc, argv);
  g_free (options.speed);
  g_free (options.server);
  g_free (options.junit);
  g_free (options.ca);
  g_free (options.login);
  g_strfreev (options.replace);
  return status;
}
