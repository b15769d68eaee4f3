using System.Diagnostics;
using System.Globalization;
using Camshaft.Testing;
using Camshaft.Transport.Binary.Tests.Support;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Tests.Pipes;

/// <summary>
/// Conversations with a few wrong bytes through real connections and models: nothing is held afterwards, and nothing is
/// logged as an error. Runs for CAMSHAFT_FUZZ_SECONDS (5); CAMSHAFT_FUZZ_SEED runs the one case of a seed again.
/// </summary>
[Collection(ServerCollection.Name)]
public sealed class ConversationFuzzTests(BinaryTestServer server, ITestOutputHelper output) : ServerTest(server)
{
    [Fact]
    public async Task Whatever_a_client_sends_the_server_holds_nothing_afterwards()
    {
        if (Environment.GetEnvironmentVariable("CAMSHAFT_FUZZ_SEED") is { Length: > 0 } text)
        {
            await RunAsync(int.Parse(text, CultureInfo.InvariantCulture));
            return;
        }

        var duration = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("CAMSHAFT_FUZZ_SECONDS") ?? "5", CultureInfo.InvariantCulture));
        var first = Random.Shared.Next();
        var kinds = new long[Enum.GetValues<FrameKind>().Length];
        var seed = first;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < duration; seed = unchecked(seed + 1))
        {
            foreach (var kind in await RunAsync(seed))
            {
                kinds[(int)kind]++;
            }
        }

        output.WriteLine($"Seeds from {first} on, {seed - first}: {string.Join(", ", kinds.Select(static (count, kind) => $"{(FrameKind)kind} {count}"))}.");

        // What only ever refuses, or never does, tests nothing.
        Assert.All(new[] { FrameKind.Result, FrameKind.Error, FrameKind.GoAway, FrameKind.Done, FrameKind.Pong }, kind => Assert.True(kinds[(int)kind] > 0, $"{kind} never came."));
    }

    private async Task<List<FrameKind>> RunAsync(int seed)
    {
        var random = new Random(seed);
        var bytes = Create(random);
        var log = new ErrorLog();
        var kinds = new List<FrameKind>();
        try
        {
            await using (var connection = new PipeConnection(Server.Engine, Server.Clock, log, random.Next(1, 200)))
            {
                for (var sent = 0; sent < bytes.Length;)
                {
                    var part = Math.Min(random.Next(1, 400), bytes.Length - sent);
                    await connection.SendAsync(bytes.AsMemory(sent, part));
                    sent += part;
                }

                await connection.EndSendingAsync();
                while (await connection.ReceiveAsync() is { } answer)
                {
                    kinds.Add(answer.Kind);
                }
            }

            var errors = log.Take();
            Assert.True(errors.Count == 0, string.Join('\n', errors));
            Assert.Equal(0, Server.Engine.Memory.LeasedCount);
            return kinds;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"CAMSHAFT_FUZZ_SEED={seed}\n{Convert.ToHexString(bytes)}", exception);
        }
    }

    private static byte[] Create(Random random)
    {
        byte[][] frames =
        [
            Frames.Open(2, "sample_identity").Write(),
            Frames.Infer(3, 0, 0, Frames.Tensor(0, new int[16], 1, 16), Frames.Tensor(1, new int[16], 1, 16)).Write(),
            Frames.Infer(4, 1, new byte[random.Next(300)]).Write(),
            Frames.Ping(5).Write(),
            Frames.Cancel((ulong)random.Next(8)).Write(),
            Frames.Close(6, (uint)random.Next(3)).Write(),
            Frames.Infer(7, 0, new float[3]).Write(),
            (Frames.Ping(8) with { Credit = 100 }).Write(),
        ];
        List<byte> bytes = [.. Frames.Hello(window: random.Next(2) == 0 ? 500 : WireFormat.UnboundedCredit).Write(), .. Frames.Open(1, "simple").Write()];
        for (var count = random.Next(12); count > 0; count--)
        {
            bytes.AddRange(frames[random.Next(frames.Length)]);
        }

        if (random.Next(2) == 0)
        {
            bytes.AddRange(Frames.GoAway().Write());
        }

        for (var changes = random.Next(3); changes > 0; changes--)
        {
            bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
        }

        return [.. bytes];
    }
}
