using System.Net.Sockets;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Stop;

/// <summary>
/// Sends one request after the other, across restarts of the server. Tries again when the connection is refused, which is
/// always safe, and never otherwise: whatever else goes wrong is a lost request.
/// </summary>
internal sealed class RestartClient(int port, bool keepsConnection)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly List<string> _losses = [];
    private int _answered;

    /// <summary>How many requests were answered rightly.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>What became of those that were not; after the run.</summary>
    public IReadOnlyList<string> Losses => _losses;

    public async Task RunAsync(CancellationToken stop)
    {
        RawConnection? connection = null;
        while (!stop.IsCancellationRequested)
        {
            connection ??= await ConnectAsync(stop);
            if (connection is not null && !await TryOnceAsync(connection))
            {
                connection.Dispose();
                connection = null;
            }
        }

        connection?.Dispose();
    }

    private async Task<RawConnection?> ConnectAsync(CancellationToken stop)
    {
        try
        {
            return await RawConnection.OpenAsync(port);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            await Task.Delay(Pause, CancellationToken.None);
        }
        catch (SocketException exception)
        {
            _losses.Add($"connecting: {exception.SocketErrorCode}");
        }

        return null;
    }

    /// <returns>Whether the connection can be used again.</returns>
    private async Task<bool> TryOnceAsync(RawConnection connection)
    {
        try
        {
            await connection.SendAsync(keepsConnection ? SimpleRequest.Bytes : SimpleRequest.LastBytes);
            var answer = await connection.ReadAnswerAsync();
            if (!SimpleRequest.IsAnsweredBy(answer))
            {
                _losses.Add($"answered {(int)answer.Status}: {System.Text.Encoding.UTF8.GetString(answer.Body)}");
                return false;
            }

            Interlocked.Increment(ref _answered);
            return !answer.Closes;
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException)
        {
            _losses.Add(exception.Message);
            return false;
        }
    }
}
