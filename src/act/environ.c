/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "act/environ.h"

#include <errno.h>
#include <string.h>

#include "util/alloc.h"
#include "util/procfile.h"

/* Longer than exec(2) takes: a quarter of the largest stack (_STK_LIM). */
#define ENVIRON_MAX ((size_t)8 * 1024 * 1024)

static void add(struct environ *env, char *string)
{
	env->strings = xgrow(env->strings, env->n + 1, &env->capacity, sizeof(*env->strings));
	env->strings[env->n++] = string;
	env->strings[env->n] = NULL;
}

static char **find(struct environ *env, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < env->n; i++)
		if (strncmp(env->strings[i], name, length) == 0 && env->strings[i][length] == '=')
			return &env->strings[i];
	return NULL;
}

/* What a process that has set another title left there is passed by. */
int environ_of_target(const struct target *target, struct environ *ret, struct error *err)
{
	size_t n;
	int r = proc_read_all(target->resolved.dir, "environ", ENVIRON_MAX, &ret->bytes, &n);
	if (r < 0)
		return target_refuse(target, -r, "read its environment (--keep-env keeps yours)",
				     err);
	ret->bytes = xreallocarray(TAKE(ret->bytes), n + 1, 1);
	ret->bytes[n] = 0;
	ret->n_bytes = n;
	for (char *at = ret->bytes; at < ret->bytes + n; at += strlen(at) + 1)
		if (strchr(at, '=') && *at != '=')
			add(ret, at);
	return 0;
}

static void release(const struct environ *env, char *string)
{
	if (!env->bytes || string < env->bytes || string > env->bytes + env->n_bytes)
		free(string);
}

void environ_clear(struct environ *env)
{
	for (size_t i = 0; i < env->n; i++)
		release(env, env->strings[i]);
	free(TAKE(env->bytes));
	free(TAKE(env->strings));
	env->n = 0;
}

void environ_set(struct environ *env, const char *name, const char *value)
{
	char **old = find(env, name), *string = xasprintf("%s=%s", name, value);
	if (!old) {
		add(env, string);
		return;
	}
	release(env, *old);
	*old = string;
}

void environ_default(struct environ *env, const char *name, const char *value)
{
	if (!find(env, name))
		environ_set(env, name, value);
}

void environ_take(const struct environ *env)
{
	static char *nothing[] = { NULL };
	for (char **at = environ; *at; at++)
		explicit_bzero(*at, strlen(*at));
	environ = env->strings ? env->strings : nothing;
}
