"""Joins what the first paint shows with what it does not: the rest of the window, and the services behind it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phidesk.chat.engine_choice import EngineReport, EngineWatch
from phidesk.chat.slowness import LONGER_READY_S, free_models
from phidesk.core.model_info import ModelInfo
from phidesk.core.tasks import Cancellation
from phidesk.engine.protocol import OLLAMA, TokenCount
from phidesk.profile import Profile
from phidesk.services import Services, start_loop
from phidesk.storage.program_state import CACHE_PRECISION, FREE_ON_CLOSE, KEEP_READY, MODELS_FOLDER, OFF, ON
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.details_panel import DetailsPanel
from phidesk.ui.chat.generation_section import GenerationSection
from phidesk.ui.chat.slowness_answers import SlownessAnswers
from phidesk.ui.chat.tool_offering import ToolOffering
from phidesk.ui.chat.transcript_frame import TranscriptFrame
from phidesk.ui.chat.window_prices import WindowPrices
from phidesk.ui.first_window import FirstWindow
from phidesk.ui.health.offering import offer_health_page
from phidesk.ui.help.offering import offer_help_page
from phidesk.ui.main_window import MainWindow
from phidesk.ui.models.offering import offer_models_page
from phidesk.ui.prompts.offering import offer_prompts_page
from phidesk.ui.prompts.prompt_choice import PromptChoice
from phidesk.ui.sidebar.pages import TOOLS_PAGE
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.offering import offer_tools_page
from phidesk.ui.window_wiring import WindowWiring

if TYPE_CHECKING:
    from phidesk.core.tool_spec import ToolSpec
    from phidesk.tools.ask_person import AskPerson
    from phidesk.ui.models.model_work import ModelWork
    from phidesk.ui.tools.tool_work import ToolWork


def complete_window(first: FirstWindow, theme: Theme, services: Services, profile: Profile) -> Iterator[None]:
    """Make the parts that are not there yet, join all of them with the services, and go on where it was left.

    Yields between pieces of work, so that the event loop can run.
    """
    panel = first.panel
    if panel is None:
        generation = GenerationSection()
        yield
        panel = DetailsPanel(theme, generation=generation)
    yield
    transcript = TranscriptFrame(theme, runner=services.tasks)
    yield
    body = ConversationBody(first.front, theme, transcript)
    yield
    page = ConversationPage(
        body,
        service=profile.chat,
        conversations=profile.conversations,
        runner=services.tasks,
        theme=theme,
        parent=first.front.parentWidget(),
    )
    first.window.take_page(page)
    yield
    wiring = _join(first, theme, services, profile, page=page, panel=panel)
    services.on_close(partial(_free_on_close, services, profile))
    _watch_engines(services, first.window, wiring)
    page.focus_composer()
    _collect_garbage()
    first.window.completed.emit()


def _join(
    first: FirstWindow,
    theme: Theme,
    services: Services,
    profile: Profile,
    *,
    page: ConversationPage,
    panel: DetailsPanel,
) -> WindowWiring:
    window, sidebar = first.window, first.sidebar
    wiring = WindowWiring(
        window,
        sidebar=sidebar,
        header=first.header,
        page=page,
        panel=panel,
        directory=services.directory,
        conversations=profile.conversations,
        state=profile.state,
        servers=profile.servers,
        tasks=services.tasks,
        hub=services.hub,
    )
    prices = WindowPrices(
        panel.window_chooser,
        page,
        look=lambda report: profile.chat.look_at_memory(report, services.cache_precision()),
        unload=lambda model: services.directory.engine(model.engine).unload(model),
        keep_precisely=lambda precision: profile.state.set(CACHE_PRECISION, precision.name).result(),
        tasks=services.tasks,
    )
    window.panel_shown.connect(prices.set_panel_shown)
    window.closing.connect(services.hub.subscribe(EngineReport, prices.show_report))
    slowness = SlownessAnswers(
        panel.slowness,
        page,
        look=lambda report: profile.chat.look_at_slowness(
            report, services.cache_precision(), keep_ready_s=services.keep_ready_s()
        ),
        free=lambda engine_name: free_models(services.directory.engine(engine_name)),
        keep_ready=lambda: profile.state.set(KEEP_READY, str(LONGER_READY_S)).result(),
        tasks=services.tasks,
    )
    window.closing.connect(services.hub.subscribe(EngineReport, slowness.show_report))
    tools = ToolOffering(
        profile.tool_shelf,
        section=panel.tools,
        page=page,
        state=profile.state,
        runner=services.tasks,
        hub=services.hub,
        parent=window,
    )
    window.completed.connect(tools.look)
    panel.tools.edit_requested.connect(partial(window.show_page, TOOLS_PAGE))
    window.closing.connect(tools.close)
    enter_key = offer_models_page(
        window,
        partial(_model_work, services, profile),
        theme=theme,
        tasks=services.tasks,
        hub=services.hub,
        talk=wiring.talk_with,
        servers=profile.servers,
    )
    page.key_requested.connect(enter_key)
    _offer_library(services, profile, theme=theme, window=window, panel=panel, page=page, wiring=wiring)
    offer_tools_page(
        window,
        partial(_tool_work, services, profile, wiring),
        theme=theme,
        use=partial(_begin_with_tool, wiring, tools, window),
        tasks=services.tasks,
        hub=services.hub,
    )
    offer_health_page(
        window,
        services.make_doctor,
        theme=theme,
        directory=services.directory,
        gate=services.gate,
        state=profile.state,
        wanted_engine=wiring.wanted_engine,
        tasks=services.tasks,
        hub=services.hub,
    )
    offer_help_page(window, page, theme=theme)
    wiring.restore(first.last)
    window.take_panel(panel)
    return wiring


def _begin_with_tool(wiring: WindowWiring, tools: ToolOffering, window: MainWindow, tool_id: str) -> None:
    """Show a new conversation that uses a tool, with the panel in which it is ticked."""
    wiring.begin_conversation()
    tools.use(tool_id)
    window.show_panel()


def _offer_library(
    services: Services,
    profile: Profile,
    *,
    theme: Theme,
    window: MainWindow,
    panel: DetailsPanel,
    page: ConversationPage,
    wiring: WindowWiring,
) -> None:
    """Offer the library of instructions, on a page of its own and in the conversation in view."""
    choice = PromptChoice(
        panel.instructions,
        page,
        profile.prompts,
        give=wiring.give_instructions,
        begin_conversation=wiring.begin_conversation,
        state=profile.state,
        tasks=services.tasks,
        hub=services.hub,
        parent=window,
    )
    open_prompt = offer_prompts_page(
        window,
        profile.prompts,
        theme=theme,
        use=choice.begin,
        count=partial(_count_instructions, services, wiring),
        models=wiring.offered_models,
        tools=lambda: profile.tool_shelf.choice().tools,
        show_tools=partial(window.show_page, TOOLS_PAGE),
        tasks=services.tasks,
        hub=services.hub,
    )
    choice.open_requested.connect(open_prompt)
    choice.form_wanted.connect(window.show_panel)
    window.completed.connect(choice.read)
    window.closing.connect(choice.close)


def _model_work(services: Services, profile: Profile) -> ModelWork:
    """Tell the page Models who does what. Loads what it takes, so it is called when the page is first shown."""
    from phidesk.chat.models_overview import ModelsOverview, look_at_models  # noqa: PLC0415 - see above
    from phidesk.engine.catalogue import load_catalogue  # noqa: PLC0415 - see above
    from phidesk.engine.stick_folder import models_on_stick  # noqa: PLC0415 - see above
    from phidesk.ui.models.model_work import ModelWork, Progress  # noqa: PLC0415 - see above
    from phidesk.ui.models.stick_note import stick_note  # noqa: PLC0415 - see above

    catalogue, files, engine_of = load_catalogue(), services.model_files, services.directory.engine

    def look(cancel: Cancellation) -> ModelsOverview:
        return look_at_models(
            services.directory,
            catalogue,
            files,
            folder=services.models_folder,
            ollama_folder=services.ollama_store.future_folder,
            cancel=cancel,
        )

    def import_models(folder: Path, engine: str, cancel: Cancellation, progress: Progress) -> list[str]:
        return [
            services.model_sticks.import_model(model, engine_of(engine), cancel=cancel, progress=progress).name
            for model in models_on_stick(folder)
        ]

    def export_model(model: ModelInfo, folder: Path, cancel: Cancellation, progress: Progress) -> None:
        services.model_sticks.export_model(
            engine_of(model.engine), model, folder, note=stick_note, cancel=cancel, progress=progress
        )

    def choose_folder(folder: Path) -> None:
        profile.state.set(MODELS_FOLDER, str(folder)).result()

    def set_keep_ready_s(seconds: int | None) -> None:
        profile.state.set(KEEP_READY, "" if seconds is None else str(seconds)).result()

    return ModelWork(
        look=look,
        downloads=lambda: services.downloads,
        unload=lambda model: files.unload(engine_of(model.engine), model),
        delete=lambda model: files.delete(engine_of(model.engine), model),
        add_file=lambda path, cancel, progress: files.add(path, cancel, progress).stem,
        import_models=import_models,
        export_model=export_model,
        choose_folder=choose_folder,
        keep_ready_s=services.keep_ready_s,
        set_keep_ready_s=set_keep_ready_s,
        frees_on_close=services.frees_on_close,
        set_frees_on_close=lambda is_on: profile.state.set(FREE_ON_CLOSE, ON if is_on else OFF).result(),
    )


def _count_instructions(services: Services, wiring: WindowWiring, text: str) -> TokenCount:
    """Count what instructions take, by who would answer. Loads what it takes, and blocks."""
    from phidesk.chat.prompt_cost import instructions_cost  # noqa: PLC0415 - the first paint need not wait

    return instructions_cost(text, services.directory, wiring.answering_model)


def _tool_work(services: Services, profile: Profile, wiring: WindowWiring) -> ToolWork:
    """Tell the page Tools who does what; called as `_model_work` is."""
    from phidesk.chat.tool_cost import tool_cost  # noqa: PLC0415 - see above
    from phidesk.tools.toolbox import call_tool, make_tool  # noqa: PLC0415 - see above
    from phidesk.ui.tools.tool_work import ToolWork  # noqa: PLC0415 - see above

    def try_tool(spec: ToolSpec, arguments: str, ask: AskPerson, cancel: Cancellation) -> str:
        return call_tool(make_tool(spec, services.tool_means(ask)), arguments, cancel)

    return ToolWork(
        tools=profile.tools,
        records=profile.tool_records,
        builtin=tuple(tool.definition for tool in services.builtin_tools),
        try_tool=try_tool,
        cost=lambda tool: tool_cost(tool, services.directory, wiring.answering_model),
        servers=profile.tool_server_book,
        server_shelf=profile.tool_servers,
    )


def _collect_garbage() -> None:
    """Look for garbage from now on, but never again among what the start made: that takes 20 ms at a time."""
    gc.freeze()
    gc.enable()


def _watch_engines(services: Services, window: MainWindow, wiring: WindowWiring) -> None:
    """Look for engines until the window is closed."""
    cancel = Cancellation()
    watch = EngineWatch(services.directory, services.hub, wiring.wanted_engine)
    loop = start_loop("engine-watch", lambda: watch.run(cancel))
    services.on_close(loop.join)
    services.on_close(cancel.cancel)
    window.closing.connect(cancel.cancel)


def _free_on_close(services: Services, profile: Profile) -> None:
    if services.frees_on_close():
        profile.chat.free_answering_models(OLLAMA)
