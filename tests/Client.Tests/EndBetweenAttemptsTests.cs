using System.Diagnostics.Metrics;
using Camshaft.Backends;
using Camshaft.Client.Tests.Support;
using Camshaft.Transport.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Camshaft.Client.Tests;

/// <summary>
/// What ends a request in the moment between an attempt that has failed and the next one, when no connection has it. The count of the retry is that moment.
/// Other tests' clients share the counter, so that a model of its own tells each test's.
/// </summary>
public sealed class EndBetweenAttemptsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_cancel_is_heard()
    {
        using var cancellation = new CancellationTokenSource();
        using var retries = Listen("cancelled", cancellation.Cancel);
        using var server = new ScriptedServer();
        await using var client = CreateClient(server);
        var (model, connection) = await OpenAsync(server, client, "cancelled");

        var task = model.InferAsync(InferenceInput.Create("in", new byte[1]), cancellationToken: cancellation.Token).AsTask();
        await RefuseAsync(connection);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_deadline_is_kept()
    {
        using var retries = Listen("late", () => _clock.Advance(TimeSpan.FromSeconds(2)));
        using var server = new ScriptedServer();
        await using var client = CreateClient(server);
        var (model, connection) = await OpenAsync(server, client, "late");

        var task = model.InferAsync(InferenceInput.Create("in", new byte[1]), new InferenceOptions { Timeout = TimeSpan.FromSeconds(1) }).AsTask();
        await RefuseAsync(connection);

        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<InferenceException>(() => task.WaitAsync(Patience))).Code);
    }

    private static MeterListener Listen(string model, Action onRetry)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "camshaft.client.retries")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (tags[0].Value is string name && name == model)
            {
                onRetry();
            }
        });
        listener.Start();
        return listener;
    }

    private static async Task<(IInferenceModel Model, ScriptedConnection Connection)> OpenAsync(ScriptedServer server, CamshaftClient client, string name)
    {
        var open = client.OpenModelAsync(name).AsTask();
        var connection = await server.AcceptAsync();
        await connection.OpenAsync();
        return (await open, connection);
    }

    private static async Task RefuseAsync(ScriptedConnection connection) => await connection.RefuseAsync(
        (await connection.ReceiveAsync(FrameKind.Infer)).Id, StatusCode.Unavailable, FrameFlags.NotBegun, TimeSpan.FromMilliseconds(1));

    private CamshaftClient CreateClient(ScriptedServer server) => new(new CamshaftClientOptions
    {
        Endpoints = { new Uri(server.Address) },
        KeepAlive = TimeSpan.FromDays(1),
        TimeProvider = _clock,
    });
}
