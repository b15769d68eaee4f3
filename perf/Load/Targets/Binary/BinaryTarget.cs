using System.Net.Security;
using Camshaft.Backends;
using Camshaft.Client;
using Camshaft.Load.Plans;

namespace Camshaft.Load.Targets.Binary;

/// <summary>
/// <c>camshaft://HOST:PORT</c>, <c>camshafts://</c> with TLS, <c>camshaft+unix:///PATH</c>: a server over the binary protocol, by the client that programs use. <c>?connections=N</c>
/// says over how many connections; else one.
/// </summary>
internal sealed class BinaryTarget : ITarget
{
    private readonly CamshaftClient _client;

    public BinaryTarget(string address, TargetOptions options)
    {
        Address = address;
        var (server, connections) = ServerAddress.Parse(address, "camshaft://localhost:8003");
        try
        {
            _client = new CamshaftClient(new CamshaftClientOptions
            {
                Endpoints = { server },
                ApiKey = options.ApiKey,
                ConnectionsPerEndpoint = connections,
                LoggerFactory = options.LoggerFactory,
                Agent = "camshaft bench",

                // What the server refuses is what the run is about, and the run decides how long it waits.
                MaxAttempts = 1,
                Timeout = Timeout.InfiniteTimeSpan,
                QueueLimit = 1 << 20,
                Tls = options.AuthorityPath is { } path ? new SslClientAuthenticationOptions { CertificateChainPolicy = Authority.Trust(path) } : null,
            });
        }
        catch (ArgumentException exception)
        {
            throw new LoadException(exception.Message, exception);
        }
    }

    public string Address { get; }

    public bool IsInProcess => false;

    public async Task<IReadOnlyList<ITargetModel>> OpenAsync(IReadOnlyList<ModelLoad> models, int seed, CancellationToken cancellationToken)
    {
        var opened = new List<ITargetModel>();
        foreach (var load in models)
        {
            try
            {
                var model = await _client.OpenModelAsync(load.Name, load.Version, cancellationToken).ConfigureAwait(false);
                opened.Add(new BinaryModel(model, RequestInputs.Create(load, model.Signature.Inputs, seed), load.Timeout));
            }
            catch (InferenceException exception)
            {
                throw new LoadException(exception.Code == StatusCode.Unavailable ? exception.Message : $"Model '{load.Name}': {exception.Message}", exception) { IsUnreachable = exception.Code == StatusCode.Unavailable };
            }
        }

        return opened;
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
