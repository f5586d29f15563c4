/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "query/story.h"

#include "fixture.h"
#include "util/parse.h"

/*
 * Events from some text, a line (or between semicolons) an event: its type, who, and
 *
 *	ppid=5 tid=8 comm=sh pids=7/1 t=30      the task, and when
 *	flags=net,pid why=EPERM path=/a text=b status=0
 *	in=net:40,pid:50                        where it is now; in all others it is 1
 *	child=9 cppid=7 cpids=9/1 cin=pid:50    whom it has made
 *
 * "know 5 ppid=1 comm=b" says who a stranger is. BEFORE is 1 wherever it is not "was=net:40".
 */
struct words {
	char *save;
	const char *key, *value;
};

static bool next_word(struct words *words)
{
	char *word = strtok_r(NULL, " ", &words->save), *equals = word ? strchr(word, '=') : NULL;
	if (!word)
		return false;
	assert_non_null(equals);
	*equals = 0;
	words->key = word;
	words->value = equals + 1;
	return true;
}

static bool is_key(const struct words *words, const char *key)
{
	return strcmp(words->key, key) == 0;
}

static size_t parse_pids(const char *text, pid_t *ret)
{
	size_t n = 0;
	for (char *at = (char *)text; *at; at += *at == '/')
		ret[n++] = strtol(at, &at, 10);
	return n;
}

static void parse_namespaces(const char *text, ino_t *ret)
{
	while (*text) {
		size_t n = strcspn(text, ":"), all = strcspn(text, ",");
		ret[ns_kind_by_name(text, n)] = strtoul(text + n + 1, NULL, 10);
		text += all + (text[all] == ',');
	}
}

static int parse_flags(const char *text)
{
	unsigned kinds = 0;
	int flags = 0;
	struct error err = { 0 };
	assert_int_equal(ns_kinds_parse(text, &kinds, &err), 0);
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		if (kinds >> kind & 1)
			flags |= ns_kind_info(kind)->clone_flag;
	return flags;
}

static void parse_word(const struct words *words, struct event *event)
{
	const char *value = words->value;
	struct event_task *task = &event->task, *child = &event->child;
	if (is_key(words, "ppid"))
		task->ppid = atoi(value);
	else if (is_key(words, "tid"))
		task->pid = atoi(value);
	else if (is_key(words, "comm"))
		strcpy(task->comm, value);
	else if (is_key(words, "pids"))
		task->n_pids = parse_pids(value, task->pids);
	else if (is_key(words, "t"))
		event->time = atoi(value);
	else if (is_key(words, "flags"))
		event->flags = parse_flags(value);
	else if (is_key(words, "why"))
		event->why = EPERM;
	else if (is_key(words, "path"))
		event->path = value;
	else if (is_key(words, "text"))
		event->text = value;
	else if (is_key(words, "status"))
		event->status = atoi(value);
	else if (is_key(words, "in"))
		parse_namespaces(value, task->ns);
	else if (is_key(words, "was"))
		parse_namespaces(value, event->before);
	else if (is_key(words, "child"))
		child->pid = child->tgid = atoi(value);
	else if (is_key(words, "cppid"))
		child->ppid = atoi(value);
	else if (is_key(words, "cpids"))
		child->n_pids = parse_pids(value, child->pids);
	else if (is_key(words, "cin"))
		parse_namespaces(value, child->ns);
	else
		fail_msg("%s", words->key);
}

static void tell_line(struct story_teller *teller, char *line)
{
	struct words words;
	struct event event = { 0 };
	const char *type = strtok_r(line, " ", &words.save);
	event.task.pid = event.task.tgid = atoi(strtok_r(NULL, " ", &words.save));
	for (enum ns_kind kind = 0; kind < NS_KIND_COUNT; kind++)
		event.before[kind] = event.task.ns[kind] = event.child.ns[kind] = 1;
	while (next_word(&words))
		parse_word(&words, &event);
	event.type = event_type_by_name(type, strlen(type));
	if (event.type != EVENT_TYPE_COUNT)
		story_tell(teller, &event);
	else
		story_introduce(teller, &event.task);
}

/* What strangers nobody knows stay numbers. */
static struct story_teller *told(const char *text)
{
	struct story_teller *teller = story_teller_new(2);
	_cleanup_(freep) char *lines = xstrdup(text);
	char *save = NULL;
	for (char *line = strtok_r(lines, ";\n", &save); line;
	     line = strtok_r(NULL, ";\n", &save)) {
		bool introduces = strncmp(line + strspn(line, " \t"), "know", 4) == 0;
		for (pid_t pid; !introduces && (pid = story_stranger(teller));)
			story_introduce(teller, &(struct event_task){ .pid = pid });
		tell_line(teller, line + strspn(line, " \t"));
	}
	for (pid_t pid; (pid = story_stranger(teller));)
		story_introduce(teller, &(struct event_task){ .pid = pid });
	return teller;
}

static void put_ns(FILE *out, const struct story_ns *ns)
{
	const struct story_step *step = ns->step;
	fprintf(out, " %s:%ju=%s@%d", ns_kind_name(ns->kind), (uintmax_t)ns->ino,
		event_type_name(step->type), step->tid);
	assert_true(step->was_made);
}

/* "7(sh) < 5(b): mnt:30=unshare@7 runs /bin/sh@7 40-60" and those of none of them. */
static char *containers_of(const struct story *story)
{
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	for (size_t i = 0; i < story->n_containers; i++) {
		const struct story_container *container = story->containers[i];
		const struct story_process *process = container->first;
		for (; process; process = process->parent)
			fprintf(out, "%s%d(%s)", process == container->first ? "" : " < ",
				process->pid, process->comm ? process->comm : "?");
		fputc(':', out);
		for (size_t j = 0; j < container->n_ns; j++)
			put_ns(out, container->ns[j]);
		if (container->program)
			fprintf(out, " runs %s@%d", container->program->path,
				container->program->tid);
		fprintf(out, " %ju-%ju\n", (uintmax_t)container->begun,
			(uintmax_t)(container->program ? container->program->time : 0));
	}
	for (size_t i = 0; i < story->n_others; i++)
		put_ns(out, story->others[i]);
	fclose(out);
	return text;
}

static void put_step(FILE *out, const struct story_step *step)
{
	fprintf(out, " %s", event_type_name(step->type));
	if (step->path)
		fprintf(out, " %s", step->path);
	for (size_t i = 0; i < step->n_ns; i++)
		fprintf(out, "%s%s:%ju",
			i		 ? ","
			: step->was_made ? " +"
					 : " ",
			ns_kind_name(step->ns[i].kind), (uintmax_t)step->ns[i].ino);
}

static char *tree_of(const struct story *story)
{
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	_cleanup_(freep) struct row *rows = NULL;
	size_t n_rows = story_tree(story, &rows);
	for (size_t i = 0; i < n_rows; i++) {
		const struct story_process *process = rows[i].item;
		fprintf(out, "%*s%d%s", (int)rows[i].depth, "", process->pid,
			process->took_part ? "" : "*");
		for (const struct story_step *step = process->steps; step; step = step->next)
			put_step(out, step);
		fputc('\n', out);
	}
	fclose(out);
	return text;
}

/* What is said in the test, and what becomes of it. */
static const struct row_story {
	const char *name, *events, *containers, *tree;
} stories[] = {
	{ "unshare -pf: PID 1 has its namespaces by the call of its parent",
	  "exec 7 ppid=2 comm=unshare path=/u; unshare 7 t=20 flags=mnt,pid in=mnt:30;"
	  "clone 7 t=30 in=mnt:30 was=mnt:30 child=9 cppid=7 cpids=9/1 cin=mnt:30,pid:40;"
	  "exec 9 ppid=7 comm=sh pids=9/1 t=70 path=/bin/sh in=mnt:30,pid:40;"
	  "exit 9 pids=9/1 in=mnt:30,pid:40",
	  "9(sh) < 7(unshare): mnt:30=unshare@7 pid:40=unshare@7 runs /bin/sh@9 20-70\n",
	  "7 exec /u unshare +mnt:30,pid:40\n 9 exec /bin/sh exit\n" },
	{ "clone with flags",
	  "clone 7 ppid=5 comm=b t=9 flags=net,pid,user child=9 cppid=7 "
	  "cpids=9/1 cin=net:30,pid:40,user:50; know 5 ppid=1 comm=d",
	  "9(?) < 7(b) < 5(d) < 1(?): net:30=clone@7 pid:40=clone@7 user:50=clone@7 9-0\n",
	  "1*\n 5*\n  7 clone +net:30,pid:40,user:50\n   9\n" },
	{ "no pid namespace: who runs a program",
	  "unshare 7 comm=u t=5 flags=net,uts in=net:30,uts:31;"
	  "exec 7 comm=true t=8 path=/true in=net:30,uts:31;"
	  "exec 7 comm=more t=9 path=/more in=net:30,uts:31",
	  "7(more): net:30=unshare@7 uts:31=unshare@7 runs /true@7 5-8\n",
	  "7 unshare +net:30,uts:31 exec /true exec /more\n" },
	{ "a child of whoever made them may be the first to run a program",
	  "unshare 7 flags=net in=net:30; fork 7 in=net:30 child=8 cppid=7 cin=net:30;"
	  "exec 8 ppid=7 comm=x path=/x in=net:30",
	  "8(x) < 7(?): net:30=unshare@7 runs /x@8 0-0\n", "7 unshare +net:30\n 8 exec /x\n" },
	{ "runc: one process makes most, its sibling is PID 1 and makes the last one",
	  "exec 5 ppid=2 comm=runc path=/runc; fork 5 child=6 cppid=5;"
	  "exec 6 ppid=5 comm=runc path=/runc; fork 6 child=7 cppid=5;"
	  "name 7 ppid=5 comm=CHILD; unshare 7 ppid=5 comm=CHILD t=10 flags=mnt,pid,uts "
	  "in=mnt:30,uts:31; clone 7 ppid=5 t=11 in=mnt:30,uts:31 was=mnt:30,uts:31 child=8 "
	  "cppid=5 cpids=8/1 cin=mnt:30,uts:31,pid:32;"
	  "unshare 8 comm=INIT pids=8/1 t=12 flags=cgroup in=mnt:30,uts:31,pid:32,cgroup:33;"
	  "exec 8 comm=sh t=20 pids=8/1 path=/sh in=mnt:30,uts:31,pid:32,cgroup:33",
	  "8(sh) < 5(runc): mnt:30=unshare@7 pid:32=unshare@7 uts:31=unshare@7 "
	  "cgroup:33=unshare@8 runs /sh@8 10-20\n",
	  "5* exec /runc\n 7 unshare +mnt:30,pid:32,uts:31\n"
	  " 8 unshare +cgroup:33 exec /sh\n" },
	{ "PID 1 runs nothing: the first program in there, and later PID 1's own",
	  "clone 7 flags=pid child=8 cppid=7 cpids=8/1 cin=pid:40;"
	  "fork 8 pids=8/1 in=pid:40 child=9 cppid=8 cpids=9/2 cin=pid:40;"
	  "exec 9 comm=a t=3 path=/a in=pid:40",
	  "8(?) < 7(?): pid:40=clone@7 runs /a@9 0-3\n", "7 clone +pid:40\n 8\n  9 exec /a\n" },
	{ "PID 1's program goes before that of others",
	  "clone 7 flags=pid child=8 cppid=7 cpids=8/1 cin=pid:40;"
	  "fork 8 pids=8/1 in=pid:40 child=9 cppid=8 cpids=9/2 cin=pid:40;"
	  "exec 9 t=3 path=/a in=pid:40; exec 8 t=4 path=/b in=pid:40;"
	  "exec 8 t=5 path=/c in=pid:40; exec 9 t=6 path=/d in=pid:40",
	  "8(?) < 7(?): pid:40=clone@7 runs /b@8 0-4\n", NULL },
	{ "one that is made beforehand, and that PID 1 joins",
	  "unshare 5 tid=6 comm=dockerd t=1 flags=net in=net:30;"
	  "clone 7 ppid=5 t=2 flags=pid child=8 cppid=7 cpids=8/1 cin=pid:40;"
	  "setns 8 pids=8/1 t=3 flags=net text=/run/netns/x in=pid:40,net:30 was=pid:40",
	  "8(?) < 7(?) < 5(dockerd): net:30=unshare@6 pid:40=clone@7 1-0\n",
	  "5 unshare +net:30\n 7 clone +pid:40\n  8 setns net:30\n" },
	{ "who only has children did nothing",
	  "fork 7 child=8 cppid=7; fork 8 child=9 cppid=8;"
	  "fork 7 child=6 cppid=7; mount 9 comm=x",
	  "", "7*\n 8*\n  9\n" },
	{ "made for nobody", "unshare 7 flags=net,pid in=net:30",
	  " net:30=unshare@7 pid:0=unshare@7", "7 unshare +net:30,pid:0\n" },
	{ "calls that fail are no steps",
	  "unshare 7 why=1 flags=net; clone 7 why=1 flags=pid;"
	  "exec 7 why=1 path=/x",
	  "", "" },
	{ "joined: also what only children will be in",
	  "setns 7 flags=net,pid text=fd in=net:30; clone 7 in=net:30 was=net:30 child=8 "
	  "cppid=7 cpids=8/5 cin=net:30,pid:40; exec 8 path=/x in=net:30,pid:40;"
	  "setns 9 text=pid:[77]",
	  "", "7 setns net:30,pid:40\n 8 exec /x\n9 setns pid:77\n" },
	{ "a time namespace is known once it is entered",
	  "unshare 7 t=1 flags=time; exec 7 t=2 path=/x in=time:30",
	  "7(?): time:30=unshare@7 runs /x@7 1-2\n", NULL },
	{ "by a call that was not seen",
	  "clone 7 ppid=2 t=4 child=8 cppid=7 cpids=8/1 cin=pid:40;"
	  "moved 7 in=net:30; exec 7 path=/x in=net:30",
	  "8(?) < 7(?): pid:40=moved@7 4-0\n", "7 moved +pid:40 moved net:30 exec /x\n 8\n" },
	{ "PID 1 of a pid namespace that somebody else has made",
	  "setns 7 flags=pid text=/f; clone 7 child=8 cppid=7 cpids=8/1 cin=pid:40",
	  "8(?) < 7(?): 0-0\n", "7 setns pid:40\n 8\n" },
	{ "a number that is given again, to a process and to a namespace",
	  "unshare 7 t=1 flags=net in=net:30; exec 7 t=2 comm=a path=/a in=net:30;"
	  "fork 5 comm=p child=7 cppid=5; unshare 7 ppid=5 t=3 flags=net in=net:30;"
	  "exec 7 t=4 comm=b path=/b in=net:30",
	  "7(a): net:30=unshare@7 runs /a@7 1-2\n"
	  "7(b) < 5(p): net:30=unshare@7 runs /b@7 3-4\n",
	  "7 unshare +net:30 exec /a\n5*\n 7 unshare +net:30 exec /b\n" },
	{ "after an end the number is another's",
	  "mount 7; exec 7 path=/a; exit 7; mount 7 ppid=5 comm=b; exec 7 ppid=5 path=/b", "",
	  "7 exec /a exit\n5*\n 7 exec /b\n" },
	{ "the parent is who was first seen", "mount 7 ppid=5; exec 7 ppid=1 path=/b", "",
	  "5*\n 7 exec /b\n" },
	{ "one nests in another",
	  "clone 7 flags=pid child=8 cppid=7 cpids=8/1 cin=pid:40;"
	  "exec 8 path=/sh in=pid:40; fork 8 pids=8/1 in=pid:40 child=9 cppid=8 cin=pid:40;"
	  "unshare 9 t=5 flags=pid in=pid:40 cppid=0; clone 9 in=pid:40 was=pid:40 child=10 "
	  "cppid=9 cpids=10/3/1 cin=pid:41; exec 10 t=6 path=/x in=pid:41;"
	  "exec 9 path=/y in=pid:40",
	  "8(?) < 7(?): pid:40=clone@7 runs /sh@8 0-0\n"
	  "10(?) < 9(?) < 8(?) < 7(?): pid:41=unshare@9 runs /x@10 5-6\n",
	  NULL },
	{ "who is sent into one is of it",
	  "clone 7 flags=pid child=8 cppid=7 cpids=8/1 cin=pid:40;"
	  "exec 9 t=2 pids=9/2 path=/late in=pid:40",
	  "8(?) < 7(?): pid:40=clone@7 runs /late@9 0-2\n", NULL },
	{ "an unknown number is no namespace of anybody's",
	  "unshare 7 flags=net,uts in=net:0,uts:0; exec 7 path=/x in=net:0,uts:0",
	  " net:0=unshare@7 uts:0=unshare@7", NULL },
	{ "nobody that the viewer sees", "exec 0 path=/x; clone 0 child=8 cpids=8/1 cin=pid:40",
	  "8(?): 0-0\n", "8\n" },
	{ "parents that are each other's",
	  "clone 7 ppid=5 flags=pid child=8 cppid=7 cpids=8/1 cin=pid:40; know 5 ppid=7",
	  "8(?) < 7(?): pid:40=clone@7 0-0\n", "7 clone +pid:40\n 8\n" },
};

static void ends(void **state)
{
	const struct row_story *row = ROW(struct row_story, state);
	_cleanup_(story_teller_freep) struct story_teller *teller = told(row->events);
	for (int twice = 0; twice < 2; twice++) {
		const struct story *story = story_end(teller);
		_cleanup_(freep) char *containers = containers_of(story);
		assert_string_equal(containers, row->containers);
		if (row->tree) {
			_cleanup_(freep) char *tree = tree_of(story);
			assert_string_equal(tree, row->tree);
		}
	}
}

/* Most run programs and no more. */
static void tree_of_some(void **state _unused_)
{
	_cleanup_(story_teller_freep) struct story_teller *teller = told(
		"exec 5 ppid=4 path=/a; exec 7 ppid=5 path=/b; setns 6 ppid=4 flags=net in=net:9;"
		"clone 7 ppid=5 flags=pid child=8 cppid=7 cpids=8/1 cin=pid:40;"
		"fork 8 pids=8/1 in=pid:40 child=9 cppid=8 cin=pid:40; exec 9 path=/c in=pid:40;"
		"exec 10 ppid=7 path=/d; unshare 11 ppid=5 why=1 flags=net");
	_cleanup_(freep) char *tree = tree_of(story_end(teller));
	assert_string_equal(tree,
			    "4*\n 5* exec /a\n  7 exec /b clone +pid:40\n   8\n    9 exec /c\n"
			    " 6 setns net:9\n");
}

static void nothing(void **state _unused_)
{
	_cleanup_(story_teller_freep) struct story_teller *teller = story_teller_new(0);
	_cleanup_(freep) struct row *rows = NULL;
	const struct story *story = story_end(teller);
	assert_int_equal(story_stranger(teller), 0);
	assert_int_equal(story->n_processes + story->n_containers + story->n_others, 0);
	assert_int_equal(story_tree(story, &rows), 0);
	story_introduce(teller, &(struct event_task){ .pid = 7, .tgid = 7 });
	assert_true(story_knows(teller, 7));
	assert_false(story_knows(teller, 8));
	story_teller_free(NULL);
}

/* Were any of it looked up by walking a list, this would take minutes. */
static void many(void **state _unused_)
{
	enum { N = 200000 };
	_cleanup_(story_teller_freep) struct story_teller *teller = story_teller_new(0);
	for (pid_t pid = 10; pid < 10 + N; pid++) {
		struct event event = {
			.type = EVENT_CLONE,
			.flags = parse_flags("pid,net"),
			.task = { .pid = 9, .tgid = 9, .comm = "storm" },
			.child = { .pid = pid,
				   .tgid = pid,
				   .ppid = 9,
				   .n_pids = 2,
				   .pids = { pid, 1 },
				   .ns = { [NS_PID] = pid, [NS_NET] = pid } },
		};
		story_tell(teller, &event);
		assert_int_equal(story_stranger(teller), 0);
	}
	_cleanup_(freep) struct row *rows = NULL;
	const struct story *story = story_end(teller);
	assert_int_equal(story->n_containers, N);
	assert_int_equal(story->containers[N - 1]->n_ns, 2);
	assert_int_equal(story_tree(story, &rows), N + 1);
}

int main(void)
{
	TEST_ROWS(ends, stories);
	TEST(tree_of_some);
	TEST(nothing);
	TEST(many);
	return suite_run("story");
}
