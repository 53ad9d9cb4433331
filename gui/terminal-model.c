/* SPDX-License-Identifier: MIT */
/* terminal-model.c: a call, a dialogue, and lines pasted that wait for their turn.
 *
 * Bytes are sent exactly as typed, so a foreign server can be tried as well as ours. When a server grants
 * STARTTLS the handshake begins by itself; whom the certificate names is told, and not insisted on. */
#include "terminal-model.h"
#include "i18n.h"
#include "office/typed-call.h"
#include <string.h>

struct _GpoTerminalModel
{
  GObject parent_instance;
  GpoOffice *office;
  GpoTerminalWorld *world;
  GpoTypedCall *call; /* NULL: none stands or is being made */
  GpoDialogue *dialogue;
  GString *heard; /* the server's line so far */
  GQueue pasted;  /* of char * */
  GpoTyping pasting;
  char *tls; /* how the connection is encrypted; NULL: it is not */
  gboolean connected, securing;
};

G_DEFINE_FINAL_TYPE (GpoTerminalModel, gpo_terminal_model, G_TYPE_OBJECT)

enum
{
  LINE,
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
changed (GpoTerminalModel *model)
{
  g_signal_emit (model, signals[CHANGED], 0);
}

static void
tell (GpoTerminalModel *model, GpoTerminalLine kind, const char *text)
{
  g_signal_emit (model, signals[LINE], 0, (int) kind, text);
}

static void
show_bytes (GpoTerminalModel *model, GpoTerminalLine kind, const char *bytes, gsize n)
{
  for (const char *end = bytes + n; bytes < end;)
    {
      const char *lf = memchr (bytes, '\n', (gsize) (end - bytes));
      gsize length = (gsize) ((lf ? lf + 1 : end) - bytes);
      g_autofree char *shown = gpo_dialogue_show (bytes, length);
      tell (model, kind, shown);
      bytes += length;
    }
}

/* --- sending --- */

static void
send_bytes (GpoTerminalModel *model, const GString *wire)
{
  gpo_dialogue_said (model->dialogue, wire->str, wire->len);
  show_bytes (model, GPO_TERMINAL_CLIENT, wire->str, wire->len);
  gpo_typed_call_send (model->call, wire->str, wire->len);
}

static gboolean
can_send (GpoTerminalModel *model)
{
  return model->call && model->connected && !model->securing;
}

static void
send_line (GpoTerminalModel *model, const char *line, GpoTyping how)
{
  GString *wire = gpo_dialogue_wire (model->dialogue, line, how, NULL);
  send_bytes (model, wire);
  g_string_free (wire, TRUE);
}

static void
send_pasted (GpoTerminalModel *model)
{
  while (model->pasted.length && can_send (model) && gpo_dialogue_is_ready (model->dialogue))
    {
      g_autofree char *line = g_queue_pop_head (&model->pasted);
      send_line (model, line, model->pasting);
    }
}

void
gpo_terminal_model_type (GpoTerminalModel *model, const char *line, GpoTyping how)
{
  if (!can_send (model))
    return;
  send_line (model, line, how);
  changed (model);
}

void
gpo_terminal_model_paste (GpoTerminalModel *model, const char *text, gboolean at_once, GpoTyping how)
{
  if (!can_send (model))
    return;
  if (at_once)
    {
      GString *wire = gpo_dialogue_wire_all (model->dialogue, text, how);
      send_bytes (model, wire);
      g_string_free (wire, TRUE);
    }
  else
    {
      g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
      for (char **line = lines; *line; line++)
        if (**line || line[1])
          g_queue_push_tail (&model->pasted, g_strdup (g_strchomp (*line)));
      model->pasting = how;
      send_pasted (model);
    }
  changed (model);
}

guint
gpo_terminal_model_n_pasted (GpoTerminalModel *model)
{
  return model->pasted.length;
}

/* --- what the call tells --- */

static void
tell_tls (GpoTerminalModel *model)
{
  model->securing = TRUE;
  tell (model, GPO_TERMINAL_NOTE, _ ("the TLS handshake begins; what follows is encrypted on the wire"));
}

static void
on_connected (const char *address, guint16 port, gpointer data)
{
  GpoTerminalModel *model = data;
  g_autofree char *words = g_strdup_printf (_ ("connected to %s port %u"), address, port);
  model->connected = TRUE;
  tell (model, GPO_TERMINAL_NOTE, words);
  if (model->securing)
    tell_tls (model);
  changed (model);
}

static void
on_received (const char *bytes, gsize n, gpointer data)
{
  GpoTerminalModel *model = data;
  gboolean wanted = gpo_dialogue_wants_tls (model->dialogue);
  gpo_dialogue_heard (model->dialogue, bytes, n);
  g_string_append_len (model->heard, bytes, (gssize) n);
  const char *last = memrchr (model->heard->str, '\n', model->heard->len);
  if (last)
    {
      gsize whole = (gsize) (last + 1 - model->heard->str);
      show_bytes (model, GPO_TERMINAL_SERVER, model->heard->str, whole);
      g_string_erase (model->heard, 0, (gssize) whole);
    }
  if (!wanted && gpo_dialogue_wants_tls (model->dialogue))
    {
      tell_tls (model);
      gpo_typed_call_secure (model->call);
    }
  send_pasted (model);
  changed (model);
}

static void
on_secured (const char *problem, const char *description, const char *doubt, gpointer data)
{
  GpoTerminalModel *model = data;
  g_autofree char *words
      = problem ? g_strdup_printf (_ ("the handshake failed: %s"), problem)
        : doubt ? g_strdup_printf (_ ("encrypted by %s; who it is, is not sure: %s"), description, doubt)
                : g_strdup_printf (_ ("encrypted by %s"), description);
  model->securing = FALSE;
  model->tls = g_strdup (description);
  if (gpo_dialogue_wants_tls (model->dialogue))
    gpo_dialogue_secured (model->dialogue, problem == NULL);
  tell (model, GPO_TERMINAL_NOTE, words);
  send_pasted (model);
  changed (model);
}

static void
drop_call (GpoTerminalModel *model)
{
  g_clear_pointer (&model->call, gpo_typed_call_free);
  g_clear_pointer (&model->tls, g_free);
  g_queue_clear_full (&model->pasted, g_free);
  model->securing = model->connected = FALSE;
}

static void
on_closed (const char *why, gpointer data)
{
  GpoTerminalModel *model = data;
  show_bytes (model, GPO_TERMINAL_SERVER, model->heard->str, model->heard->len);
  g_string_truncate (model->heard, 0);
  g_autofree char *words = g_strdup_printf (_ ("the connection is closed: %s"), why);
  tell (model, GPO_TERMINAL_NOTE, words);
  drop_call (model);
  changed (model);
}

static const GpoTypedCallUser user = { on_connected, on_received, on_secured, on_closed };

/* --- calling --- */

static void
call (GpoTerminalModel *model, const GpoTypedCallOptions *options)
{
  drop_call (model);
  g_clear_pointer (&model->dialogue, gpo_dialogue_free);
  g_string_truncate (model->heard, 0);
  model->securing = options->tls;
  model->dialogue = gpo_dialogue_new (options->protocol);
  model->call = gpo_typed_call_new (model->office, options, &user, model);
  changed (model);
}

void
gpo_terminal_model_call (GpoTerminalModel *model, guint i, const char *who)
{
  GpoTypedCallOptions options = { .who = who };
  gpo_terminal_world_fill (model->world, i, &options);
  call (model, &options);
}

gboolean
gpo_terminal_model_call_address (GpoTerminalModel *model, const char *address, GpoProtocol protocol,
                                 const char *who, GError **error)
{
  static const guint16 usual[] = { 0, 25, 143, 110 };
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (address, usual[protocol], error);
  if (!parsed)
    return FALSE;
  const char *name = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
  GpoTypedCallOptions options = { .who = who,
                                  .address = name,
                                  .port = g_network_address_get_port (G_NETWORK_ADDRESS (parsed)),
                                  .protocol = protocol,
                                  .server_name = name };
  call (model, &options);
  return TRUE;
}

void
gpo_terminal_model_hang_up (GpoTerminalModel *model)
{
  if (!model->call)
    return;
  drop_call (model);
  tell (model, GPO_TERMINAL_NOTE, _ ("hung up, without goodbye"));
  changed (model);
}

gboolean
gpo_terminal_model_is_open (GpoTerminalModel *model)
{
  return model->call != NULL;
}

const char *
gpo_terminal_model_get_tls (GpoTerminalModel *model)
{
  return model->tls;
}

GpoDialogue *
gpo_terminal_model_get_dialogue (GpoTerminalModel *model)
{
  return model->dialogue;
}

GpoTerminalWorld *
gpo_terminal_model_get_world (GpoTerminalModel *model)
{
  return model->world;
}

/* --- the object --- */

void
gpo_terminal_model_close (GpoTerminalModel *model)
{
  drop_call (model);
}

static void
gpo_terminal_model_finalize (GObject *object)
{
  GpoTerminalModel *model = GPO_TERMINAL_MODEL (object);
  drop_call (model);
  g_clear_pointer (&model->dialogue, gpo_dialogue_free);
  gpo_terminal_world_free (model->world);
  g_string_free (model->heard, TRUE);
  G_OBJECT_CLASS (gpo_terminal_model_parent_class)->finalize (object);
}

static void
gpo_terminal_model_class_init (GpoTerminalModelClass *class)
{
  G_OBJECT_CLASS (class)->finalize = gpo_terminal_model_finalize;
  signals[LINE] = g_signal_new ("line", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
gpo_terminal_model_init (GpoTerminalModel *model)
{
  model->heard = g_string_new (NULL);
}

GpoTerminalModel *
gpo_terminal_model_new (GpoOffice *office)
{
  GpoTerminalModel *model = g_object_new (GPO_TYPE_TERMINAL_MODEL, NULL);
  model->office = office;
  model->world = gpo_terminal_world_new (office);
  return model;
}
