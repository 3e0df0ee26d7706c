"""What whydown reads of GitHub's answers; everything else in them is passed over."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class User(_Answer):
    """Who did something."""

    login: str = ""
    type: str = ""


class Branch(_Answer):
    """One end of a pull request."""

    ref: str = ""
    sha: str = ""


class PullRequest(_Answer):
    """A pull request, as listed or in full. `merged_at` is None for what was closed without a merge."""

    number: int
    state: str = "open"
    merged_at: AwareDatetime | None = None
    head: Branch = Branch()
    base: Branch = Branch()


class WorkflowRun(_Answer):
    """A run of a workflow. `pull_requests` is empty for runs of forks."""

    id: int
    name: str | None = None
    workflow_id: int = 0
    run_attempt: int = 1
    head_sha: str = ""
    head_branch: str | None = None
    event: str = ""
    status: str | None = None
    conclusion: str | None = None
    run_started_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    pull_requests: tuple[PullRequest, ...] | None = ()


class Step(_Answer):
    """A step of a job."""

    name: str = ""
    number: int = 0
    conclusion: str | None = None
    started_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None


class Job(_Answer):
    """A job of a run."""

    id: int
    name: str = ""
    conclusion: str | None = None
    steps: tuple[Step, ...] = ()


class Artifact(_Answer):
    """Something that a run uploaded."""

    id: int
    name: str = ""
    size_in_bytes: int = 0
    expired: bool = False


class ChangedFile(_Answer):
    """A file of a pull request. `patch` is absent for binary and very large files."""

    filename: str
    status: str = ""
    previous_filename: str | None = None
    patch: str = ""


class CommitDetail(_Answer):
    """Message of a commit."""

    message: str = ""


class ListedCommit(_Answer):
    """A commit of a pull request."""

    sha: str
    commit: CommitDetail = CommitDetail()
    author: User | None = None


class ReactionCount(_Answer):
    """How many reactions of any kind a comment has."""

    total_count: int = 0


class Comment(_Answer):
    """A comment on a pull request or issue."""

    id: int
    body: str | None = ""
    user: User | None = None
    issue_url: str = ""
    created_at: AwareDatetime | None = None
    reactions: ReactionCount | None = None


class Reaction(_Answer):
    """A reaction to a comment."""

    content: str = ""
    user: User | None = None


class Permission(_Answer):
    """What a person may do in a repository."""

    permission: Literal["admin", "write", "read", "none"] | str = "none"


class Content(_Answer):
    """A file of a repository; `content` is base64."""

    content: str = ""
    encoding: str = ""
    sha: str = ""


class Overview(_Answer):
    """A repository."""

    default_branch: str = "main"


class Ref(_Answer):
    """A branch: `object` is the commit at its tip."""

    object: Tip


class Tip(_Answer):
    """The commit that a branch points at."""

    sha: str


class Page(_Answer):
    """A list that GitHub wraps into an object."""

    workflow_runs: tuple[WorkflowRun, ...] = ()
    jobs: tuple[Job, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    total_count: int = Field(default=0, ge=0)
