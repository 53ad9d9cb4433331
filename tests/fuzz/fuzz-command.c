/* SPDX-License-Identifier: MIT */
/* fuzz-command.c: the grammar of SMTP commands: any line is a verb and an argument within it; parameters are
 * read one after another to the line's end or to the first that is wrong; xtext comes back as it was. */
#include "fuzz-target.h"
#include "protocol/smtp.h"
#include <string.h>

static void
check_within (GpoSlice part, const char *text, gsize length)
{
  if (part.text)
    {
      g_assert_true (part.text >= text);
      g_assert_true (part.text + part.length <= text + length);
    }
}

static void
check_xtext (GpoSlice value)
{
  g_autofree char *plain = gpo_xtext_decode (value);
  if (!plain)
    return;
  g_autofree char *again = gpo_xtext_encode (plain);
  g_autofree char *back = gpo_xtext_decode ((GpoSlice){ again, strlen (again) });
  g_assert_cmpstr (back, ==, plain);
}

static void
check_params (GpoSlice rest)
{
  GpoSlice all = rest;
  GpoSmtpParam param;
  GpoParamResult result;
  while ((result = gpo_smtp_param_next (&rest, &param)) == GPO_PARAM_OK)
    {
      g_assert_cmpuint (param.keyword.length, >, 0);
      check_within (param.keyword, all.text, all.length);
      check_within (param.value, all.text, all.length);
      g_assert_cmpint (gpo_slice_number (param.value), >=, -1);
      if (param.value.text)
        check_xtext (param.value);
    }
  g_assert_true (result == GPO_PARAM_BAD || rest.length == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  GpoSmtpCommand command;
  gpo_smtp_command_parse (text, size, &command);
  check_within (command.verb, text, size);
  check_within (command.argument, text, size);
  g_assert_true (command.has_argument || command.argument.length == 0);
  GpoSlice argument = command.argument;
  guint spaces;
  if (gpo_smtp_path_prefix (&argument, "FROM:", &spaces) || gpo_smtp_path_prefix (&argument, "TO:", &spaces))
    check_within (argument, text, size);
  check_params (argument);
  return 0;
}
