using Camshaft.Testing.Cuda;

namespace Camshaft.Backends.Cuda.Tests.Ptx;

/// <summary>Threads, memory and barriers: what a GPU would do wrong without a word is reported with the kernel and the line.</summary>
public sealed class ExecutionTests
{
    [Fact]
    public void Every_thread_of_every_block_runs_once_and_knows_its_place()
    {
        const string Body = """
            mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ctaid.y; mov.u32 %r3, %nctaid.x; mad.lo.u32 %r1, %r2, %r3, %r1;
            mov.u32 %r2, %tid.x; mov.u32 %r3, %tid.y; mov.u32 %r4, %ntid.x; mad.lo.u32 %r2, %r3, %r4, %r2;
            mad.lo.u32 %r1, %r1, 12, %r2; mul.wide.u32 %rd2, %r1, 4; add.u64 %rd2, %rd1, %rd2;
            st.global.u32 [%rd2], %r1;
            """;
        using var bench = new KernelBench(Kernel(Body));
        var memory = bench.Reserve(6 * 12 * 4);
        bench.Launch("kernel", new CudaExtent(3, 2), new CudaExtent(4, 3), memory);

        Assert.Equal(Enumerable.Range(0, 72), bench.Download<int>(memory, 72));
    }

    [Theory]
    [InlineData("ld.global.u32 %r1, [%rd1+16];", "0 bytes past the end of an allocation of 16 bytes")]
    [InlineData("ld.global.v2.u32 {%r1, %r2}, [%rd1+16];", "0 bytes past the end of an allocation of 16 bytes")]
    [InlineData("st.global.u32 [%rd1-4], 1;", "is no device memory")]
    [InlineData("ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd1+8];", "is no multiple of 16")]
    [InlineData("ld.global.u32 %r1, [%rd1+2];", "is no multiple of 4")]
    [InlineData("mov.u64 %rd2, 0; ld.global.u32 %r1, [%rd2];", "0 is no device memory")]
    [InlineData("ld.shared.u32 %r1, [TILE+64];", "lie in no variable")]
    [InlineData("st.shared.u32 [OTHER-4], 1;", "lie in no variable")]
    [InlineData("mov.u32 %r1, 0; st.shared.u32 [%r1], 1;", "lie in no variable")]
    [InlineData("st.shared.u32 [TILE+2], 1;", "is no multiple of 4")]
    public void Memory_that_is_not_there_loses_the_device(string body, string reason)
    {
        using var bench = new KernelBench(Kernel(body));
        var memory = bench.Upload(1, 2, 3, 4);
        Assert.True(Assert.Throws<CudaException>(() => bench.Launch("kernel", new CudaExtent(1), new CudaExtent(1), memory)).IsSticky);

        var failure = Assert.Single(bench.Simulation.TakeFailures());
        Assert.StartsWith("Kernel 'kernel', line 10, thread (0, 0, 0) of block (0, 0, 0): ", failure, StringComparison.Ordinal);
        Assert.Contains(reason, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add.u32 %r1, %r2, 1;", "register %r2 is read, and nothing has written it")]
    [InlineData("@%p1 bra END; END: ", "register %p1 is read, and nothing has written it")]
    [InlineData("ld.shared.u32 %r1, [TILE];", "shared memory is read, and nothing has written it")]
    [InlineData("st.shared.u32 [TILE], 1; ld.shared.v2.u32 {%r1, %r2}, [TILE];", "shared memory is read, and nothing has written it")]
    [InlineData("mov.u32 %r1, %tid.x; st.shared.u32 [TILE], %r1;", "data race in shared memory: this writes what line 10 writes")]
    [InlineData("mov.u32 %r1, %tid.x; setp.eq.u32 %p1, %r1, 0; @%p1 st.shared.u32 [TILE], 7; @!%p1 ld.shared.u32 %r1, [TILE];", "shared memory")]
    [InlineData("mov.u32 %r1, %tid.x; st.global.u32 [%rd1], %r1;", "data race in global memory")]
    [InlineData("mov.u32 %r1, %tid.x; setp.eq.u32 %p1, %r1, 0; @%p1 bra END; bar.sync 0; END: ", "1 of 2 threads wait at this barrier")]
    [InlineData("mov.u32 %r1, %tid.x; setp.eq.u32 %p1, %r1, 0; @%p1 bar.sync 0; @!%p1 bar.sync 0;", "1 of 2 threads wait at this barrier")]
    [InlineData("AGAIN: bra AGAIN;", "has not ended")]
    [InlineData("bra END; ret; END: mov.u32 %r1, 1; @%p2 ret;", "register %p2 is read")]
    public void What_nobody_can_rely_on_is_reported(string body, string reason)
    {
        using var bench = new KernelBench(Kernel(body));
        bench.Launch("kernel", new CudaExtent(1), new CudaExtent(2), bench.Upload(1, 2, 3, 4));

        var failure = Assert.Single(bench.Simulation.TakeFailures());
        Assert.StartsWith("Kernel 'kernel', line 10, thread ", failure, StringComparison.Ordinal);
        Assert.Contains(reason, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_that_write_to_the_same_place_race_and_no_barrier_helps()
    {
        using var bench = new KernelBench(Kernel("bar.sync 0; mov.u32 %r1, %ctaid.x; st.global.u32 [%rd1], %r1; bar.sync 0;"));
        bench.Launch("kernel", new CudaExtent(2), new CudaExtent(1), bench.Upload(0));

        Assert.Contains("data race in global memory", Assert.Single(bench.Simulation.TakeFailures()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mov.u32 %r1, %tid.x; setp.eq.u32 %p1, %r1, 0; @%p1 st.shared.u32 [TILE], 7; bar.sync 0; ld.shared.u32 %r2, [TILE]; @!%p1 st.shared.u32 [TILE], 8;", 1, 2)]
    [InlineData("mov.u32 %r1, %ctaid.x; setp.eq.u32 %p1, %r1, 0; ld.global.u32 %r2, [%rd1]; @!%p1 st.global.u32 [%rd1], 8;", 2, 1)]
    public void A_race_between_reads_and_a_write_is_noticed_in_every_order(string body, uint blocks, uint threads) => Assert.All(Enumerable.Range(0, 40), seed =>
    {
        using var bench = new KernelBench(Kernel(body), seed);
        bench.Launch("kernel", new CudaExtent(blocks), new CudaExtent(threads), bench.Upload(1));

        Assert.Contains("data race", Assert.Single(bench.Simulation.TakeFailures()), StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("@%p1 st.shared.u32 [TILE], 7; @!%p1 ld.shared.u32 %r2, [TILE];")]
    [InlineData("@%p1 mov.u32 %r2, 1; @!%p1 add.u32 %r3, %r2, 1;")]
    public void A_block_finds_nothing_of_the_one_before(string body) => Assert.All(Enumerable.Range(0, 10), seed =>
    {
        using var bench = new KernelBench(Kernel("mov.u32 %r1, %ctaid.x; setp.eq.u32 %p1, %r1, 0; " + body), seed);
        bench.Launch("kernel", new CudaExtent(2), new CudaExtent(1), bench.Upload(1));

        Assert.Contains("nothing has written it", Assert.Single(bench.Simulation.TakeFailures()), StringComparison.Ordinal);
    });

    [Fact]
    public void Memory_of_the_device_that_nothing_has_written_is_not_read()
    {
        using var bench = new KernelBench(Kernel("ld.global.u32 %r1, [%rd1];"));
        bench.Launch("kernel", new CudaExtent(1), new CudaExtent(1), bench.Reserve(4));

        Assert.Contains("line 10, thread (0, 0, 0) of block (0, 0, 0): byte 0 of an allocation of 4 bytes (cuMemAlloc) is read, and nothing has written it yet", Assert.Single(bench.Simulation.TakeFailures()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("st.global.u32 [%rd1], 1; ld.global.u64 %rd2, [%rd1+8];", "8 bytes at D0000000000008 reach past the end of an allocation of 12 bytes")]
    [InlineData("st.global.u32 [%rd1], 1; ld.global.u32 %r1, [%rd1+4];", "byte 4 of an allocation of 12 bytes (cuMemAlloc) is read, and nothing has written it yet")]
    public void Memory_that_was_touched_before_is_looked_at_each_time(string body, string reason)
    {
        using var bench = new KernelBench(Kernel(body));
        var memory = bench.Reserve(12);
        _ = Record.Exception(() => bench.Launch("kernel", new CudaExtent(1), new CudaExtent(1), memory));

        Assert.Contains(reason, Assert.Single(bench.Simulation.TakeFailures()), StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_lie_where_their_alignment_wants_them()
    {
        using var bench = new KernelBench(Kernel(".shared .b8 ODD[3]; .shared .align 64 .b8 WIDE[16]; mov.u32 %r7, 5; st.shared.v4.u32 [WIDE], {%r7, %r7, %r7, %r7}; mov.u32 %r1, WIDE; and.b32 %r1, %r1, 63; st.global.u32 [%rd1], %r1;"));
        var memory = bench.Reserve(4);
        bench.Launch("kernel", new CudaExtent(1), new CudaExtent(1), memory);

        Assert.Equal([0], bench.Download<int>(memory, 1));
    }

    [Fact]
    public void Many_may_read_what_nobody_writes_and_a_barrier_parts_reads_from_writes()
    {
        const string Body = """
            mov.u32 %r1, %tid.x; shl.b32 %r2, %r1, 2; mov.u32 %r3, TILE; add.u32 %r3, %r3, %r2;
            ld.global.u32 %r4, [%rd1]; st.shared.u32 [%r3], %r1; bar.sync 0;
            xor.b32 %r5, %r2, 4; mov.u32 %r6, TILE; add.u32 %r5, %r6, %r5; ld.shared.u32 %r4, [%r5]; bar.sync 0;
            st.shared.u32 [%r3], %r4; mul.wide.u32 %rd2, %r1, 4; add.u64 %rd2, %rd1, %rd2; st.global.u32 [%rd2], %r4;
            """;
        using var bench = new KernelBench(Kernel(Body));
        var memory = bench.Upload(9, 9, 9, 9);
        bench.Launch("kernel", new CudaExtent(1), new CudaExtent(4), memory);

        Assert.Equal([1, 0, 3, 2], bench.Download<int>(memory, 4));
    }

    [Fact]
    public void Vectors_are_loaded_and_stored_as_a_whole()
    {
        using var bench = new KernelBench(Kernel("ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd1]; st.global.v2.b32 [%rd1+8], {%r1, %r4}; st.global.v2.b32 [%rd1], {%r3, %r2};"));
        var memory = bench.Upload(1, 2, 3, 4);
        bench.Launch("kernel", new CudaExtent(1), new CudaExtent(1), memory);

        Assert.Equal([3, 2, 1, 4], bench.Download<int>(memory, 4));
    }

    [Fact]
    public void Narrow_numbers_fill_their_registers_with_their_sign_or_zeros()
    {
        using var bench = new KernelBench(Kernel("ld.global.s8 %r1, [%rd1]; ld.global.u8 %r2, [%rd1+1]; ld.global.s16 %r3, [%rd1+2]; st.global.v2.u32 [%rd1], {%r1, %r2}; st.global.u8 [%rd1+8], %r3;"));
        var memory = bench.Upload<byte>(0xFE, 0xFE, 0xFC, 0xFF, 0, 0, 0, 0, 0, 7, 7, 7);
        bench.Launch("kernel", new CudaExtent(1), new CudaExtent(1), memory);

        Assert.Equal([-2, 254, 0x070707FC], bench.Download<int>(memory, 3));
    }

    [Fact]
    public void Shared_memory_is_as_large_as_the_launch_says()
    {
        const string Body = "st.shared.u32 [MORE+12], 5; ld.shared.u32 %r1, [MORE+12]; st.global.u32 [%rd1], %r1;";
        using (var bench = new KernelBench(Kernel(Body)) { SharedByteSize = 16 })
        {
            var memory = bench.Reserve(4);
            bench.Launch("kernel", new CudaExtent(1), new CudaExtent(1), memory);
            Assert.Equal([5], bench.Download<int>(memory, 1));
        }

        using var small = new KernelBench(Kernel(Body)) { SharedByteSize = 12 };
        Assert.Throws<CudaException>(() => small.Launch("kernel", new CudaExtent(1), new CudaExtent(1), small.Reserve(4)));
        Assert.Contains("lie in no variable", Assert.Single(small.Simulation.TakeFailures()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65536, 1, 0)]
    [InlineData(1, 1025, 0)]
    [InlineData(1, 1, (48 * 1024) - 79)]
    public void A_launch_beyond_the_limits_is_refused(uint gridY, uint block, uint shared)
    {
        using var bench = new KernelBench(Kernel("")) { SharedByteSize = shared };
        var memory = bench.Reserve(4);

        Assert.Equal("cuLaunchKernel of 'kernel'", Assert.Throws<CudaException>(() => bench.Launch("kernel", new CudaExtent(1, gridY), new CudaExtent(block), memory)).Call);
    }

    // The body begins at line 10. Shared memory has 80 bytes, and what the launch adds.
    private static string Kernel(string body) => $$"""
        .version 7.0
        .target sm_70
        .address_size 64
        .extern .shared .align 16 .b8 MORE[];
        .visible .entry kernel(.param .u64 memory)
        {
            .reg .pred %p<4>; .reg .b32 %r<8>; .reg .b64 %rd<4>;
            .shared .align 4 .b8 TILE[64]; .shared .align 16 .b8 OTHER[16];
            ld.param.u64 %rd1, [memory]; cvta.to.global.u64 %rd1, %rd1;
            {{body}}
            ret;
        }
        """;
}
