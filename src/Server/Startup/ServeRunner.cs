using System.Net.Sockets;
using Camshaft.Engine;
using Camshaft.Engine.Repository;
using Camshaft.Server.CommandLine;
using Camshaft.Server.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Camshaft.Server.Startup;

/// <summary>Runs the server from its first log line to its exit code.</summary>
internal static class ServeRunner
{
    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="options">What to serve, and how.</param>
    /// <param name="output">Where the banner goes.</param>
    /// <param name="cancellationToken">Tells it to stop, as a signal does.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="ConfigurationException">It cannot serve as it is told to.</exception>
    public static async Task<int> RunAsync(ServerOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        if (new ModelRepository(options.Models).FindFaults() is [var fault, ..])
        {
            throw new ConfigurationException($"{fault} Name the directory of your models with --models.");
        }

        await using var app = ServerHost.Build(options);
        await StartAsync(app, options, cancellationToken).ConfigureAwait(false);
        if (await WaitForModelsAsync(app).ConfigureAwait(false))
        {
            StartupBanner.Write(
                output,
                app.Services.GetRequiredService<InferenceEngine>(),
                options,
                GetHttpAddresses(app),
                GetMetricsAddresses(app),
                app.Services.GetRequiredService<BinaryPort>().Addresses);
        }

        await app.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        return CamshaftCommand.Success;
    }

    /// <summary>The addresses on which HTTP is served, with their real ports.</summary>
    public static IReadOnlyCollection<string> GetHttpAddresses(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
            .Except(app.Services.GetRequiredService<BinaryPort>().KestrelAddresses)
            .Except(app.Services.GetRequiredService<MetricsPort>().KestrelAddresses)];

    /// <summary>The URLs of the metrics.</summary>
    public static IReadOnlyList<string> GetMetricsAddresses(WebApplication app) =>
        [.. app.Services.GetRequiredService<MetricsPort>().KestrelAddresses.Select(static address => address + MetricsPort.Path)];

    /// <returns><see langword="false"/> when a stop came first.</returns>
    private static async Task<bool> WaitForModelsAsync(WebApplication app)
    {
        try
        {
            await app.Services.GetRequiredService<InferenceEngine>().Started.WaitAsync(app.Lifetime.ApplicationStopping).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception exception)
        {
            await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw new ConfigurationException($"The engine cannot start: {exception.Message}", exception);
        }
    }

    private static async Task StartAsync(WebApplication app, ServerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // Kestrel puts the socket's error inside its own; the innermost one says what it was.
            var (address, flag) = FindAddress(options, exception.Message);
            throw new ConfigurationException($"Cannot listen on {address}: {exception.GetBaseException().Message}. Choose another address with --host or {flag}.", exception);
        }
    }

    // The outer exception names the address.
    private static (string Address, string Flag) FindAddress(ServerOptions options, string message) =>
        message.Contains($":{options.MetricsPort}:", StringComparison.Ordinal) ? ($"{options.Host}:{options.MetricsPort}", "--metrics-port")
        : message.Contains($":{options.BinaryPort}:", StringComparison.Ordinal) ? ($"{options.Host}:{options.BinaryPort}", "--binary-port")
        : options.BinarySocket is { } path && message.Contains(path, StringComparison.Ordinal) ? (path, "--binary-socket")
        : ($"{options.Host}:{options.HttpPort}", "--http-port");
}
