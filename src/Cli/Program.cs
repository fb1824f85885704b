using Hearth.Cli;
using Hearth.Cli.Commands;

using var shutdown = new Shutdown();

// A worker's start is part of a cold start: nothing that it does not need is loaded before it.
return args is ["worker"]
    ? await WorkerCommand.RunAsync(Logs.CreatePlain(), shutdown.Token)
    : await HearthCommandLine.RunAsync(args, shutdown.Token);
