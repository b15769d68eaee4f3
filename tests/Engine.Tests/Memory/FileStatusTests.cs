using Camshaft.Engine.Memory.Shared;

namespace Camshaft.Engine.Tests.Memory;

/// <summary>Who may have a server open a file.</summary>
public sealed class FileStatusTests
{
    private const int Regular = 0x8000;
    private const int OwnersAlone = 0b110_000_000;
    private const int GroupsToo = 0b110_110_000;
    private const int AllRead = 0b110_100_100;
    private const int All = 0b110_110_110;

    [Theory]
    [InlineData(OwnersAlone, 1000u, true)]
    [InlineData(OwnersAlone, 0u, true)]
    [InlineData(OwnersAlone, 1001u, false)]
    [InlineData(OwnersAlone, null, false)]
    [InlineData(GroupsToo, 1001u, false)]
    [InlineData(AllRead, 1001u, false)]
    [InlineData(AllRead, null, false)]
    [InlineData(All, 1001u, true)]
    [InlineData(All, null, true)]
    public void It_is_open_to_its_owner_to_root_and_where_all_may_read_and_write_to_all(int mode, uint? user, bool isOpen)
    {
        var status = new FileStatus(Owner: 1000, Regular | mode, ByteSize: 1);

        Assert.Equal((true, isOpen), (status.IsRegular, status.IsOpenTo(user)));
    }

    [Theory]
    [InlineData(0x1000)]
    [InlineData(0x2000)]
    [InlineData(0x4000)]
    [InlineData(0x6000)]
    [InlineData(0xC000)]
    public void Pipes_devices_directories_and_sockets_are_no_files(int kind) => Assert.False(new FileStatus(0, kind | All, 1).IsRegular);
}
