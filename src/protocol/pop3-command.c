/* SPDX-License-Identifier: MIT */
/* pop3-command.c: a line becomes a command: RFC 1939 §3, RFC 2449 §4.
 *
 *     command = keyword *(SP param) CRLF ; keywords have three or four letters, in any case */
#include "protocol/pop3.h"
#include <string.h>

void
gpo_pop3_command_parse (const char *line, gsize length, GpoPop3Command *command)
{
  const char *space = memchr (line, ' ', length);
  gsize n = space ? (gsize) (space - line) : length;
  *command = (GpoPop3Command){ .input = GPO_POP3_IN_UNKNOWN };
  for (guint i = 0; i < GPO_POP3_IN_UNKNOWN; i++)
    if (strlen (gpo_pop3_server_machine.inputs[i]) == n
        && g_ascii_strncasecmp (line, gpo_pop3_server_machine.inputs[i], n) == 0)
      command->input = (GpoPop3Input) i;
  if (!space)
    return;
  command->argument = space + 1;
  command->length = length - n - 1;
}

gboolean
gpo_pop3_number (GpoPop3Command *command, guint32 *number)
{
  gsize i = 0;
  guint64 n = 0;
  if (!command->argument)
    return FALSE;
  for (; i < command->length && g_ascii_isdigit (command->argument[i]) && n <= G_MAXINT32; i++)
    n = n * 10 + (command->argument[i] - '0');
  if (i == 0 || n > G_MAXINT32 || (i < command->length && command->argument[i] != ' '))
    return FALSE;
  *number = (guint32) n;
  i += i < command->length;
  command->argument += i;
  command->length -= i;
  return TRUE;
}
