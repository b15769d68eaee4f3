using System.Net.Sockets;
using System.Text;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Stress;

/// <summary>
/// One client: asks for one model after the other on a connection that it keeps, and now and then leaves in the middle of a
/// request or of its answer, sends slowly, or gives too little time.
/// </summary>
/// <param name="address">The server.</param>
/// <param name="mix">What it asks.</param>
/// <param name="seed">Its random choices.</param>
/// <param name="comesAndGoes">Models that may be unloaded at any time.</param>
/// <param name="tally">What became of its requests.</param>
internal sealed class StressClient(Uri address, StressMix mix, int seed, IReadOnlySet<string> comesAndGoes, StressTally tally)
{
    public const string Answered = "answered";
    public const string NotLoaded = "not loaded";
    public const string TimedOut = "timed out";
    public const string Left = "left";

    // An answer that takes longer is taken for lost: the slowest model takes a tenth of a second, alone.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken stop)
    {
        RawConnection? connection = null;
        while (!stop.IsCancellationRequested)
        {
            var one = mix.Choose(_random);
            try
            {
                connection ??= await RawConnection.OpenAsync(address.Host, address.Port);
                if (!await AskAsync(connection, one))
                {
                    connection.Dispose();
                    connection = null;
                }
            }
            catch (Exception exception) when (exception is SocketException or EndOfStreamException or OperationCanceledException)
            {
                tally.AddFault($"{one.ModelName}: {exception.GetType().Name} {exception.Message}");
                connection?.Dispose();
                connection = null;
            }
        }

        connection?.Dispose();
    }

    /// <returns>Whether the connection can be used again.</returns>
    private async Task<bool> AskAsync(RawConnection connection, StressCase one)
    {
        switch (_random.Next(20))
        {
            case 0: // in the middle of the request
                await connection.SendAsync(one.Request.AsMemory(0, _random.Next(1, one.Request.Length)));
                return Leave(connection);
            case 1: // between the request and its answer
                await connection.SendAsync(one.Request);
                await Task.Delay(_random.Next(0, 20), CancellationToken.None);
                return Leave(connection);
            case 2: // in two parts
                var half = _random.Next(1, one.Request.Length);
                await connection.SendAsync(one.Request.AsMemory(0, half));
                await Task.Delay(_random.Next(0, 50), CancellationToken.None);
                await connection.SendAsync(one.Request.AsMemory(half));
                return await CheckAsync(connection, one, mayTimeOut: false);
            case 3: // in a hurry
                await connection.SendAsync(one.HurriedRequest);
                return await CheckAsync(connection, one, mayTimeOut: true);
            default:
                await connection.SendAsync(one.Request);
                return await CheckAsync(connection, one, mayTimeOut: false);
        }
    }

    private async Task<bool> CheckAsync(RawConnection connection, StressCase one, bool mayTimeOut)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var answer = await connection.ReadAnswerAsync(timeout.Token);
        switch ((int)answer.Status)
        {
            case 200 when answer.Body.AsSpan().SequenceEqual(one.Answer):
                tally.Count(Answered);
                break;
            case 503 when comesAndGoes.Contains(one.ModelName) && Encoding.UTF8.GetString(answer.Body).Contains("not ready", StringComparison.Ordinal):
            case 503 when comesAndGoes.Contains(one.ModelName) && Encoding.UTF8.GetString(answer.Body).Contains("no version that is ready", StringComparison.Ordinal):
                tally.Count(NotLoaded);
                break;
            case 504 when mayTimeOut:
            case 503 when mayTimeOut && Encoding.UTF8.GetString(answer.Body).Contains("would have been answered too late", StringComparison.Ordinal):
                tally.Count(TimedOut);
                break;
            case 200:
                tally.AddFault($"{one.ModelName}: a wrong answer of {answer.Body.Length} bytes; expected {one.Answer.Length}.");
                break;
            default:
                tally.AddFault($"{one.ModelName}: {(int)answer.Status} {Encoding.UTF8.GetString(answer.Body)}");
                break;
        }

        // A server may end the connection of a request that it did not read to its end, when it says so.
        return !answer.Closes;
    }

    private bool Leave(RawConnection connection)
    {
        tally.Count(Left);
        if (_random.Next(2) == 0)
        {
            connection.Reset();
        }

        return false;
    }
}
