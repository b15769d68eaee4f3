using System.IO.Pipes;
using Camshaft.Transport.Binary.Connections;
using Camshaft.Transport.Binary.Tests.Support;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Transport.Binary.Tests.Epoll;

/// <summary>File descriptors that come beside the bytes of a Unix socket.</summary>
public sealed class ReceivedDescriptorsTests
{
    private const int MostKept = 16;

    [Fact]
    public async Task Descriptors_come_in_order_and_no_later_than_their_bytes()
    {
        await using var connection = await LoopConnection.OpenAsync();
        using var first = Open("first");
        using var second = Open("second");
        DescriptorSender.Send(connection.Client, "a"u8, Number(first));
        DescriptorSender.Send(connection.Client, "b"u8, Number(second));

        await connection.ReadAsync(2);

        var descriptors = connection.Server.Features.Get<IReceivedDescriptors>()!;
        Assert.Equal(("first", "second"), (TakeText(descriptors), TakeText(descriptors)));
        Assert.False(descriptors.TryTake(out _));
    }

    [Fact]
    public async Task A_descriptor_is_not_inherited_by_other_programs()
    {
        await using var connection = await LoopConnection.OpenAsync();
        using var file = Open("text");
        DescriptorSender.Send(connection.Client, "a"u8, Number(file));
        await connection.ReadAsync(1);

        Assert.True(connection.Server.Features.Get<IReceivedDescriptors>()!.TryTake(out var descriptor));

        using (descriptor)
        {
            var flags = File.ReadLines($"/proc/self/fdinfo/{descriptor.DangerousGetHandle()}").Single(static line => line.StartsWith("flags:", StringComparison.Ordinal));
            const int closeOnExecute = 0x80000;
            Assert.NotEqual(0, Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & closeOnExecute);
        }
    }

    [Fact]
    public async Task More_descriptors_than_anybody_needs_are_closed()
    {
        await using var connection = await LoopConnection.OpenAsync();
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        for (var i = 0; i < MostKept + 2; i++)
        {
            DescriptorSender.Send(connection.Client, "a"u8, (int)pipe.ClientSafePipeHandle.DangerousGetHandle());
        }

        await connection.ReadAsync(MostKept + 2);

        var descriptors = connection.Server.Features.Get<IReceivedDescriptors>()!;
        var taken = 0;
        for (; descriptors.TryTake(out var descriptor); taken++)
        {
            descriptor.Dispose();
        }

        Assert.Equal(MostKept, taken);
        AssertClosed(pipe);
    }

    [Fact]
    public async Task Descriptors_that_nobody_took_are_closed_with_the_connection()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        await using (var connection = await LoopConnection.OpenAsync())
        {
            DescriptorSender.Send(connection.Client, "a"u8, (int)pipe.ClientSafePipeHandle.DangerousGetHandle());
            await connection.ReadAsync(1);
        }

        AssertClosed(pipe);
    }

    // A pipe whose last reading end is closed breaks.
    private static void AssertClosed(AnonymousPipeServerStream pipe)
    {
        pipe.DisposeLocalCopyOfClientHandle();
        Assert.Throws<IOException>(() => pipe.WriteByte(1));
    }

    private static FileStream Open(string text)
    {
        var file = new FileStream(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush();
        return file;
    }

    private static int Number(FileStream file) => (int)file.SafeFileHandle.DangerousGetHandle();

    private static string TakeText(IReceivedDescriptors descriptors)
    {
        Assert.True(descriptors.TryTake(out SafeFileHandle? descriptor));
        using (descriptor)
        {
            var bytes = new byte[RandomAccess.GetLength(descriptor)];
            RandomAccess.Read(descriptor, bytes, 0);
            return System.Text.Encoding.UTF8.GetString(bytes);
        }
    }
}
