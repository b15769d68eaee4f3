using Camshaft.Server.CommandLine;
using Camshaft.Server.Startup;

return await CamshaftCommand.InvokeAsync(
    args, Console.Out, Console.Error, static (options, cancellationToken) => ServeRunner.RunAsync(options, Console.Out, cancellationToken)).ConfigureAwait(false);
