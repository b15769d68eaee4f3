using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Camshaft.Backends;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Client.Tests;

/// <summary>What needs a server of its own: TLS, a stop, a server that is killed.</summary>
public sealed class OwnServerTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task TLS_is_spoken_with_a_server_that_is_trusted_and_no_other()
    {
        using var certificate = TestCertificate.Create();
        var (path, key) = (Path.Combine(_directory.FullPath, "server.pem"), Path.Combine(_directory.FullPath, "server.key"));
        TestCertificate.WritePem(certificate, path, key);
        await using var server = await TestServer.StartAsync(SampleModel.Repository, options => (options.Tls.Certificate, options.Tls.Key) = (path, key));
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { certificate } };
        await using var client = new CamshaftClient(new CamshaftClientOptions
        {
            Endpoints = { new Uri(server.BinaryAddresses[0]) },
            Tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
        });
        await using var stranger = new CamshaftClient(server.BinaryAddresses[0]);

        await AssertServesAsync(await client.OpenModelAsync("sample_identity"));
        var exception = await Assert.ThrowsAsync<InferenceException>(async () => await stranger.OpenModelAsync("sample_identity"));

        Assert.StartsWith("camshafts://", server.BinaryAddresses[0], StringComparison.Ordinal);
        Assert.Contains("certificate", exception.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_stop_moves_requests_to_the_other_server()
    {
        var leaving = await TestServer.StartAsync(SampleModel.Repository);
        await using var staying = await TestServer.StartAsync(SampleModel.Repository);
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri(leaving.BinaryAddresses[0]), new Uri(staying.BinaryAddresses[0]) } });
        await using var model = await client.OpenModelAsync("sample_identity");
        using var stopped = new CancellationTokenSource();
        var name = model.Signature.Inputs[0].Name;
        var load = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var count = 0;
            while (!stopped.IsCancellationRequested)
            {
                using var result = await model.InferAsync(InferenceInput.Create(name, new byte[] { 1 }));
                count += result[0].Bytes.Length;
            }

            return count;
        }));

        await leaving.DisposeAsync();
        await stopped.CancelAsync();

        // Not one request failed.
        Assert.All(await load, static count => Assert.True(count > 0));
        await AssertServesAsync(model);
    }

    [Fact]
    public async Task A_server_that_comes_back_is_used_again()
    {
        var path = Path.Combine(_directory.FullPath, "camshaft.sock");
        var server = await TestServer.StartAsync(SampleModel.Repository, options => options.BinarySocket = path);
        await using var client = new CamshaftClient($"camshaft+unix://{path}");
        await using var model = await client.OpenModelAsync("sample_identity");
        await AssertServesAsync(model);

        await server.DisposeAsync();
        var gone = await Assert.ThrowsAsync<InferenceException>(async () => await model.InferAsync(InferenceInput.Create(model.Signature.Inputs[0].Name, new byte[1])));
        await using var next = await TestServer.StartAsync(SampleModel.Repository, options => options.BinarySocket = path);

        Assert.Equal(StatusCode.Unavailable, gone.Code);
        await AssertServesSoonAsync(model);
    }

    [Fact]
    public async Task When_a_server_is_killed_its_requests_fail_at_once_and_the_next_server_is_used()
    {
        var patience = TimeSpan.FromSeconds(60);
        var path = Path.Combine(_directory.FullPath, "camshaft.sock");
        _directory.Write("models/endless/1/model.onnx", EndlessModel.Create());
        _directory.Write("models/endless/model.yaml", "warm_up: none"u8);
        _directory.Write("models/sample_identity/1/model.sample", "operation: identity\ndatatype: UINT8"u8);
        string[] arguments = ["serve", "--models", Path.Combine(_directory.FullPath, "models"), "--http-port", "0", "--binary-socket", path];
        await using var client = new CamshaftClient(new CamshaftClientOptions { Endpoints = { new Uri($"camshaft+unix://{path}") }, Timeout = Timeout.InfiniteTimeSpan });
        Task<InferenceResult>[] running;
        IInferenceModel identity;
        await using (var server = ServerProcess.Start(_directory.FullPath, arguments))
        {
            await server.ReadBannerAsync();
            var endless = await client.OpenModelAsync("endless");
            identity = await client.OpenModelAsync("sample_identity");
            running = [.. Enumerable.Range(0, 3).Select(_ => endless.InferAsync(InferenceInput.Create("x", new float[4])).AsTask())];

            // What is answered behind them on their connection says that the server has them.
            await AssertServesAsync(identity);
            await server.SignalAsync("KILL");
            foreach (var request in running)
            {
                var exception = await Assert.ThrowsAsync<InferenceException>(() => request.WaitAsync(patience));
                Assert.Equal((StatusCode.Unavailable, false), (exception.Code, exception.NotBegun));
                Assert.Contains($"The connection to camshaft+unix://{path} was lost", exception.Message, StringComparison.Ordinal);
            }

            var late = await Assert.ThrowsAsync<InferenceException>(() => AssertServesAsync(identity).WaitAsync(patience));
            Assert.Equal((StatusCode.Unavailable, true), (late.Code, late.NotBegun));
        }

        await using var next = ServerProcess.Start(_directory.FullPath, arguments);
        await next.ReadBannerAsync();
        await AssertServesSoonAsync(identity);
    }

    /// <summary>Asks until the client has a connection again.</summary>
    private static async Task AssertServesSoonAsync(IInferenceModel model)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await AssertServesAsync(model);
                return;
            }
            catch (InferenceException exception) when (exception.Code == StatusCode.Unavailable && !patience.IsCancellationRequested)
            {
                await Task.Delay(exception.Status.RetryAfter ?? TimeSpan.FromMilliseconds(10), patience.Token);
            }
        }
    }

    private static async Task AssertServesAsync(IInferenceModel model)
    {
        using var result = await model.InferAsync(InferenceInput.Create(model.Signature.Inputs[0].Name, new byte[] { 4, 5, 6 }));
        Assert.Equal([4, 5, 6], result[0].ToArray<byte>());
    }
}
